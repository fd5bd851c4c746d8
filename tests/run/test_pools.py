"""The end of the pools of workers, whatever their workers do at that moment."""

import os
import subprocess
import sys
import textwrap

# The first worker takes the call and a while to end; the second still starts when the pools end.
STARTING_AT_THE_END = """
    import os, signal, sys, time
    from pathlib import Path
    from diffcheck.run.pools import pools

    if __name__ == "__mp_main__":
        try:
            Path("first").touch(exist_ok=False)
        except FileExistsError:
            Path("second").touch()
            time.sleep(0.7)


    def slow_to_end():
        signal.signal(signal.SIGTERM, lambda *_: (time.sleep(1.5), os._exit(0)))
        while not Path("second").exists():
            time.sleep(0.01)


    if __name__ == "__main__":
        with pools(2) as found:
            found.submit("cpu:0", slow_to_end).result()
        print("ended")
"""


def test_a_worker_that_still_starts_ends_in_silence(tmp_path):
    script = tmp_path / "starting.py"
    script.write_text(textwrap.dedent(STARTING_AT_THE_END))
    found = subprocess.run(
        [sys.executable, script],
        cwd=tmp_path,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (found.stdout, found.stderr) == ("ended\n", "")
