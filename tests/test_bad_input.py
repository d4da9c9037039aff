"""Bad input: status 2 and one line that names what came, before TensorFlow.

What is wrong with arcs is in test_bad_arcs.py, with folders in test_bad_folders.py.
"""

import pathlib
import subprocess
import sys

import pytest
from bad_values import VALUES

from enas_tf.config import sections as config_lib
from enas_tf.run.folder import RunFolder

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(("args", "fragments"), VALUES.values(), ids=VALUES)
def test_a_wrong_flag_is_refused_and_leaves_no_trace(
    args, fragments, refused, tmp_path
):
    line = refused(*args)
    for fragment in fragments:
        assert fragment in line
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "fragments"),
    [
        (b"--flagfile=flags.txt\n", ["--flagfile", "must not include itself"]),
        (b"--seed=x\n", ["--seed=x", "a whole number"]),
        (b"--output_dir=\xff\n", ["--flagfile", "UTF-8"]),
        (b"--output_dir=a\0b\n", ["--output_dir=", "without NUL characters"]),
        (b"--noprogress=1\n", ["--noprogress takes no value"]),
        (b"seed\n", ["'seed' is not a flag"]),
    ],
)
def test_a_wrong_file_of_flags_is_refused(content, fragments, refused, tmp_path):
    (tmp_path / "flags.txt").write_bytes(content)
    line = refused("--flagfile=flags.txt")
    assert all(fragment in line for fragment in fragments)


def test_the_tables_cover_every_flag_with_choices():
    tried = " ".join(word for args, _ in VALUES.values() for word in args)
    for item in config_lib.settings():
        if item.field.metadata["choices"]:
            assert f"--{item.flag}=" in tried


@pytest.mark.parametrize(
    ("args", "fragment"),
    [
        (["--data_path=file"], "--data_path=file is not a folder"),
        (["--data_dir=file"], "--data_dir=file is a file"),
        (["--search_for=rnn", "--data_path=folder"], "--data_path=folder"),
    ],
)
def test_data_that_cannot_be_right_leave_no_folder(args, fragment, refused, tmp_path):
    (tmp_path / "file").write_bytes(b"\x00\x01")
    (tmp_path / "folder").mkdir()
    assert fragment in refused(*args)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_a_folder_of_nobody_is_a_folder_of_that_name(main, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = RunFolder.claim("~no_such_user/out", reset=False)
    folder.release()
    assert (tmp_path / "~no_such_user" / "out").is_dir()


def test_another_keras_backend_is_refused(refused, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert "KERAS_BACKEND=jax" in refused()


def test_a_full_disk_in_the_middle_of_a_run_is_one_line(main, capsys):
    def step(argv):
        raise OSError(28, "No space left on device", "metrics.jsonl")

    with pytest.raises(SystemExit) as stop:
        main.in_one_line(step, [])
    assert stop.value.code == 2
    assert "The disk is full, metrics.jsonl" in capsys.readouterr().err


def test_ctrl_c_is_one_line_and_130(main, capsys):
    def step(argv):
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as stop:
        main.in_one_line(step, [])
    assert stop.value.code == 130
    assert capsys.readouterr().err == "enas_tf: stopped.\n"


def test_a_fault_of_ours_keeps_its_traceback(main):
    def step(argv):
        raise OSError(9, "Bad file descriptor")

    with pytest.raises(OSError, match="Bad file"):
        main.in_one_line(step, [])


def test_the_real_command_refuses_in_one_line(tmp_path):
    done = subprocess.run(
        [sys.executable, REPOSITORY / "bin" / "main.py", "--child_lr=nan"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("enas_tf: error: --child_lr=nan")
    assert done.stderr.count("\n") == 1


def test_the_real_command_refuses_before_tensorflow_is_imported(tmp_path):
    # The last of the checks: a folder that is in use.
    folder = RunFolder.claim(tmp_path / "out", reset=False)
    script = (
        "import atexit, runpy, sys\n"
        "atexit.register(lambda: print('tensorflow' in sys.modules))\n"
        f"sys.argv = ['main.py', '--output_dir={folder.path}']\n"
        f"runpy.run_path({str(REPOSITORY / 'bin' / 'main.py')!r}, "
        "run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    folder.release()
    assert done.returncode == 2 and "in use" in done.stderr
    assert done.stdout == "False\n"
