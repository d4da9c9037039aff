"""What an installed package holds, and how it is started."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile

import pytest

import enas_tf

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]


def started(*words, cwd):
    """What `python WORDS` said, of a mistake in it."""
    done = subprocess.run(
        [sys.executable, *words, "--child_lr=nan"],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def test_all_ways_to_start_it_are_one_program(tmp_path):
    script = "import sys; from enas_tf.command import start; start.main()"
    found = [
        started(*words, cwd=tmp_path)
        for words in (
            [str(REPOSITORY / "bin/main.py")],
            ["-m", "enas_tf"],
            ["-c", script],  # as `enas-tf` does
        )
    ]
    assert found[0][0] == 2 and found[0][1].startswith("enas_tf: error: --child_lr=nan")
    assert found[1:] == found[:1] * 2
    assert PROJECT["scripts"] == {"enas-tf": "enas_tf.command.start:main"}


def test_the_citation_names_this_version_and_the_license():
    text = (REPOSITORY / "CITATION.cff").read_text()
    assert re.search("^version: (.*)$", text, re.M)[1] == enas_tf.__version__
    assert re.search("^license: (.*)$", text, re.M)[1] == PROJECT["license"]


@pytest.mark.slow  # pip fetches setuptools
def test_the_wheel_holds_the_package_and_the_source_archive_its_tests(tmp_path):
    source = tmp_path / "source"
    names = subprocess.run(
        ["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.split()
    for name in names:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(REPOSITORY / name, source / name)
    pip = [sys.executable, "-m", "pip", "-q"]
    wheel = [*pip, "wheel", "--no-deps", "-w", str(tmp_path), str(source)]
    subprocess.run(wheel, check=True)
    (path,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        held = set(archive.namelist())
        metadata = next(name for name in held if name.endswith("dist-info/METADATA"))
        about = archive.read(metadata).decode()
    sources = {name for name in names if name.startswith("enas_tf/")}
    assert sources <= held and "enas_tf/py.typed" in held
    assert {name.split("/")[0] for name in held} == {"enas_tf", metadata.split("/")[0]}
    assert any(name.endswith("licenses/LICENSE") for name in held)
    assert "License-Expression: Apache-2.0" in about
    # Installed, and started from where no source is.
    there = tmp_path / "installed"
    install = [*pip, "install", "--no-deps", "--target", str(there), str(path)]
    subprocess.run(install, check=True)
    done = subprocess.run(
        [sys.executable, there / "bin" / "enas-tf", "--help"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(there)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--search_for" in done.stdout

    script = "from setuptools import build_meta; build_meta.build_sdist('..')"
    helper = tmp_path / "tools"
    needed = [*pip, "install", "--target", str(helper), "setuptools>=77"]
    subprocess.run(needed, check=True)
    subprocess.run(
        [sys.executable, "-c", script],
        cwd=source,
        env=os.environ | {"PYTHONPATH": str(helper)},
        capture_output=True,
        check=True,
    )
    (path,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert set(names) - {".gitignore"} <= held
