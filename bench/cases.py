"""What is measured: generated meshes and the commands of each tool."""
import os
import subprocess

# name of the row, shape and format of make_mesh, what ADMesh and PrusaSlicer can read
SHAPES = (("binary", "torus", "binary", True), ("shuffled", "torus-shuffled", "binary", True),
          ("dropped", "torus-dropped", "binary", True), ("jittered", "torus-jittered", "binary", True),
          ("ascii", "torus", "ascii", True), ("3mf", "torus", "3mf", False))
HARD = ("hash-flood", "one-vertex", "two-hubs", "degenerate", "distinct", "one-edge", "random-1000")


class Bench:
    """Where programs and files are."""

    def __init__(self, out, folder, baseline):
        self.quote = os.path.join(out, "quote")
        self.maker = os.path.join(out, "make_mesh")
        self.out, self.folder, self.baseline = out, folder, baseline

    def mesh(self, shape, size, kind):
        """The path of a generated mesh, made where there is none of this maker."""
        path = os.path.join(self.folder, "%s-%d-%s.%s" % (shape, size, kind, "3mf" if kind == "3mf" else "stl"))
        if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(self.maker):
            partial = path + ".part"
            subprocess.run([self.maker, shape, str(size), kind, partial], check=True)
            os.rename(partial, path)
        return path

    def inspect(self, path, *more, program=None, printability=False):
        """What peers do too: without walls, overhangs and hollows, unless they are asked for."""
        what = "--printability" if printability else "--no-printability"
        return [program or self.quote, "inspect", "--json", "--threads", "1", what, *more, path]

    def tools(self, files, is_stl, is_binary=False, more=True):
        """{tool: commands} for a list of files. more: certificate depth and the scalar kernels too."""
        tools = {"quote": [self.inspect(f) for f in files]}
        if more and is_binary:
            tools["quote-certificate"] = [self.inspect(f, "--topology", "certificate") for f in files]
        if more:
            tools["quote-scalar"] = [self.inspect(f, "--isa", "scalar") for f in files]
        if self.baseline:
            tools["baseline"] = [self.inspect(f, program=self.baseline) for f in files]
        if is_stl:
            tools["admesh"] = [["admesh", f] for f in files]
        tools["prusa-slicer"] = [["prusa-slicer", "--info", f] for f in files]
        return tools
