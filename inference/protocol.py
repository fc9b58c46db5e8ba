"""The names that the session speaks: JSON objects, one a line; `docs/protocol.md` has the prose.

Only the standard library is used, so that the measuring side imports the same names.
Every event carries `event`, its name, and `t_ns`, the container's CLOCK_MONOTONIC in nanoseconds
when it was made. Every request carries `op`, its operation.
"""

from __future__ import annotations

PROTOCOL_VERSION = 2  # 2: batch and describe

# The keys that name an event and an operation.
EVENT = "event"
OP = "op"

# Events, container to host, in the order of a good start: started, imported, ready.
STARTED = "started"  # first statement of the entry point: protocol, python
IMPORTED = "imported"  # runtime, Pillow and NumPy are imported: versions
READY = "ready"  # the model is loaded: backend, model, weights, threads, notice, versions, device
RESULT = "result"  # id, elapsed_ns {decode, preprocess, infer, total}, top, probs when asked
BATCH_RESULT = "batch"  # id, elapsed_ns as of result, tops: one list for each path
DESCRIPTION = "description"  # id, python, compiler, build_flags, packages
STATS = "stats"  # id, peak_rss_bytes, cpu_ns
EPOCH = "epoch"  # of `train`: epoch, loss
TRAINED = "trained"  # of `train`: seed, epochs, threads, accuracy, weights, peak_rss_bytes, cpu_ns
ERROR = "error"  # id (null when the line had none), code, message
BYE = "bye"  # the last one

# Operations, host to container; `id` is a string or an integer and comes back in the answer.
PREDICT = "predict"  # id, path, top (default 5), probs (default false)
BATCH = "batch"  # id, paths, top (default 5); one call of the runtime for all
DESCRIBE = "describe"  # id
GET_STATS = "stats"  # id
QUIT = "quit"  # so does the end of standard input

MAX_BATCH = 256  # pictures; a batch of 256 needs 154 MB for its input alone
MAX_LINE_BYTES = 65536  # a longer request is skipped and answered with an error

# Error codes.
BAD_REQUEST = "bad-request"
NOT_FOUND = "not-found"
UNREADABLE = "unreadable"  # there, but this user may not read it
EMPTY_FILE = "empty-file"
NOT_AN_IMAGE = "not-an-image"
UNSUPPORTED = "unsupported"  # an image whose pixels have no agreed meaning, such as floats
CUT_OFF = "cut-off"
TOO_LARGE = "too-large"
MODEL_UNUSABLE = "model-unusable"
GPU_UNAVAILABLE = "gpu-unavailable"  # one was asked for, and the CPU isn't to do instead
INFERENCE_FAILED = "inference-failed"
