"""docs/scaling.md: what can be followed without a cluster is."""

import functools
import pathlib
import re
import shutil
import subprocess

import pytest

from enas_tf.command import keywords
from enas_tf.config import modes

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
TEXT = (REPOSITORY / "docs" / "scaling.md").read_text(encoding="utf-8")


@functools.cache
def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)


def settings(command):
    """{flag: value}, as text, of a command of this program."""
    return dict(re.findall(r"--(\w+)=(\S+)", command))


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
@pytest.mark.parametrize("number", range(len(blocks("bash"))))
def test_every_script_can_be_read_by_bash(number):
    script = blocks("bash")[number]
    done = subprocess.run(
        ["bash", "-n"], input=script, text=True, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_manifest_has_the_fields_that_count():
    yaml = pytest.importorskip("yaml", reason="PyYAML comes with the extra [ray]")
    (job,) = (yaml.safe_load(block) for block in blocks("yaml"))
    assert (job["apiVersion"], job["kind"]) == ("ray.io/v1", "RayJob")
    given = settings(job["spec"]["entrypoint"])
    assert (given["executor"], given["ray_address"]) == ("ray", "auto")
    assert given["mode"] in modes.CAMPAIGNS
    cluster = job["spec"]["rayClusterSpec"]
    head, (workers,) = cluster["headGroupSpec"], cluster["workerGroupSpecs"]
    assert head["rayStartParams"] == {"num-cpus": "0"}
    assert workers["minReplicas"] >= 1
    for group in (head, workers):
        pod = group["template"]["spec"]
        (container,), (volume,) = pod["containers"], pod["volumes"]
        (mount,) = container["volumeMounts"]
        assert mount["name"] == volume["name"]
        assert given["output_dir"].startswith(mount["mountPath"])
        assert volume["persistentVolumeClaim"]["claimName"]
        assert container["image"] == "registry.example/enas_tf:latest"


def test_commands_for_ray_are_commands_of_this_program():
    found = [
        c for block in blocks("bash") for c in block.replace("\\\n", "").split("\n")
    ]
    found = [line.split("#")[0] for line in found if "--executor=ray" in line]
    assert len(found) == 4
    for line in found:
        given = settings(line)
        number = dict(job_gpus=float, jobs=int)
        keywords.read({k: number.get(k, str)(v) for k, v in given.items()})
