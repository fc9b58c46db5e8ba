"""The HTTP service, in serve images only: FastAPI on uvicorn around one worker thread.

`docs/service.md` describes it to its users. One request's way: `connection` (what uvicorn lacks in
limits) -> `watching` (metrics, last resort for errors) -> `routes` -> `upload` or `image_folder` ->
`batching` (the bounded queue) -> `worker` (the one thread that decodes and infers) -> back.
Nothing here imports NumPy, Pillow or a runtime before the worker does: the port answers first.
"""
