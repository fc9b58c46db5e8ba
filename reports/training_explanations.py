"""What the page of trainings says of its tables."""

from __future__ import annotations

OVERVIEW_RULE = """\
Running time and CPU time are medians over the trainings, memory by the engine's own statistics
(`docker stats`): the peak is the largest reading of any training, the mean the median of each
training's mean. **Readings** come about once a second; a mean of fewer than 3 isn't given, and
a peak between two readings isn't seen. A dash: not known, and why stands below."""

REFERENCE_RULE = """\
The reference system published that its slim image is 10 times smaller and takes a third of the
memory of the bulky one. Whether that memory is a peak or a mean, and by whose account, isn't told,
so that it stands beside each. In parentheses: how many times smaller the image is, and what share
of the reference variant's figure the other ones are."""

SAME_AND_NOT = """\
- The same: a perceptron that learns two classes of points in the plane, with torch, on CPUs; a
  full Python image with the CUDA build of torch against a slim one.
- Not the same: the versions of Python, torch and Debian, the number of points and epochs, the
  machine, and how memory was measured. Ours trains long enough for several readings.
- Ours in both images: Python 3.11, one version of torch, NumPy and Pillow, which come with the
  locked sets of the other images and which the training doesn't use; the bulky one has torchvision
  too, as `pip install torch torchvision` brings it.
- A memory limit, one CPU and no network are set for all of ours; see below."""

DETAILS_RULE = """\
**By the engine's clock**: from its own time of the start to that of the end, so that creating the
container is left out. **Imports**: first statement of the program until torch is imported. **Peak
of the process**: its resident memory, as the kernel tells the program, files that it has mapped
included. **Cgroup peak**: the most that was ever charged to the container, page cache included: of
a file that two containers read, only the first is charged."""

EACH_RULE = """\
Every training in the order of the rounds, which the run's seed draws. Where one ran for much longer
than its CPU time, something else used the CPU. With so few of them no test could tell two variants
apart, so that there is no verdict on times; sizes are exact."""

WEIGHTS_RULE = """\
All that was learned, to the last digit, in a training of its own before those that are measured;
every one that is measured must end with these weights too. They are equal when no weight is further
from the reference's than the tolerance."""

DEFINITIONS = """\
- 1 MB is 1,000,000 bytes. **size**: sum of the uncompressed layer archives. **compressed**: the
  same, each compressed with gzip. **layers**: of the image, its base's included.
- **running time**: create call until the engine says that the container has ended, on this
  machine's clock. The image is there already, and its files are in the page cache unless "What was
  the same for all" says cold.
- **CPU time**: of all processes of the container, from the kernel's account of it, read when the
  training is over and before the process ends.
- **memory**: what the engine's statistics tell without cache that isn't in use.
- **accuracy**: the share of points on the right side of the line, of points that weren't trained
  on. The two classes overlap, so that it can't be 100 %.

What a training does and how it is measured: [docs/training.md](../../docs/training.md)."""
