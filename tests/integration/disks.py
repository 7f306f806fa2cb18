"""Disks that are full or cannot be written: a tmpfs of its own, in a mount namespace that nobody else
sees, so that nothing of it is left behind."""
import os
import subprocess
import tempfile

from support import needed_program


class Disk:
    """A small file system at `path`, for processes that start with `wrapper`. From outside its files
    are under `outside`."""

    def __init__(self, kilobytes=4096):
        self.path = tempfile.mkdtemp(prefix="millrace-disk-")
        own = [needed_program("unshare"), "--mount"]
        own += [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        script = ('mount -t tmpfs -o size=%dk none "$1" && echo mounted && exec sleep 600'
                  % kilobytes)
        self.holder = subprocess.Popen(own + ["sh", "-c", script, "sh", self.path],
                                       stdout=subprocess.PIPE)
        if self.holder.stdout.readline() != b"mounted\n":
            raise AssertionError("a private tmpfs cannot be mounted here")
        self.wrapper = [needed_program("nsenter"), "-t", str(self.holder.pid), "-m"]
        self.wrapper += [] if os.geteuid() == 0 else ["-U", "--preserve-credentials"]
        self.outside = "/proc/%d/root%s" % (self.holder.pid, self.path)

    def fill(self):
        """Takes all of the room that is left."""
        with open(self.outside + "/filler", "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass

    def free(self):
        os.unlink(self.outside + "/filler")

    def make_read_only(self):
        subprocess.run(self.wrapper + ["mount", "-o", "remount,ro", self.path], check=True)

    def close(self):
        self.holder.kill()
        self.holder.wait()
        self.holder.stdout.close()
        os.rmdir(self.path)
