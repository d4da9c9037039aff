"""What the forecasts take for granted: nobody has measured it here."""

from enas_tf.benchmark.growth.forecast import Host, Link

# GPUs of one machine, joined by NVLink: a third of what its maker promises in each
# direction. And machines that are joined by a network of 10 gigabits a second.
NEAR = Link(bytes_per_s=150e9, latency_s=20e-6)
FAR = Link(bytes_per_s=1.25e9, latency_s=100e-6)
# A core is at work for the whole of a GPU's step, which waits for it (BUILD.md); all
# but a twentieth of that work is done side by side.
HOST = Host(cores=16, busy=1.0, serial=0.05)
DEVICES = (1, 2, 4, 8, 16, 32)
# Of a campaign's job: ten minutes of work, after ten seconds until its first step.
RUN_S, START_S = 600.0, 10.0
WORKERS = 1_000
