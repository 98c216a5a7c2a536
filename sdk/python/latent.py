# SPDX-License-Identifier: Apache-2.0
"""Latent Workbench in notebooks: open runs and sweeps (running, dead or finished), start, sweep and probe.

    import latent
    run = latent.start("sim/theory", preset="smoke", mu=[1, 2], wait=True)
    run["ood_loss"].plot()                      # xarray.DataArray, or numpy where there is no xarray
    run.metrics(), run.parameters, run.state    # a table, a dict, "done"

Needs h5py and numpy; uses xarray, pandas and matplotlib where they are. A Run shows what its events said at the last
`refresh()` (or look at `state`). Files are opened by h5py in this process: `latent check` first what strangers send.
"""
import difflib, functools, hashlib, io, json, os, re, shutil, socket, subprocess, tempfile, time  # noqa: E401
from importlib import import_module
from pathlib import Path
import h5py
import numpy as np
def _optional(module):
    try: return import_module(module)
    except ImportError: return None

xarray, pandas, fcntl = _optional("xarray"), _optional("pandas"), _optional("fcntl")
_LINE, _EVENTS, _IMAGE = 1 << 20, 4 << 30, 256 << 20  # bytes: of one event, of all events, of a file that is read at once
_DTYPES = {k + str(8 * n): np.dtype(k + str(n)) for k in "iuf" for n in (1, 2, 4, 8) if k + str(n) not in ("f1", "f2")}

class LatentError(RuntimeError):
    """One sentence; `exit` is the program's code: 2 bad request, 3 refused input, 4 interrupted, 5 failed."""
    def __init__(self, sentence, exit=3):
        super().__init__(sentence)
        self.exit = exit
def _check(good, sentence, exit=3):
    if not good: raise LatentError(sentence, exit)
def _is_count(value): return type(value) is int and 0 <= value < 1 << 62
def _is_name(text, nested=False):
    pieces = text.split("/") if isinstance(text, str) and nested else [text]
    return all(isinstance(p, str) and re.match(r"(?!\.)[A-Za-z0-9_.-]{1,200}\Z", p) for p in pieces)
def _parse(text, what):
    try: return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LatentError(f"{what} is not JSON that can be read: {error}") from None
def _json(path, limit=16 << 20):
    with io.open(path, "rb") as file: data = file.read(limit + 1)
    _check(len(data) <= limit, f"{path} is longer than {limit >> 20} MB; it is not read.")
    return _parse(data, path)
def _open_h5(path, sha256=None):
    """A file of a run, read at once where it is small; with `sha256` (of what its seal covers) exactly that file."""
    size = os.stat(path).st_size
    image = Path(path).read_bytes() if size <= _IMAGE and sha256 else None
    _check(image is None or hashlib.sha256(memoryview(image)[:max(0, len(image) - 145)]).hexdigest() == sha256,
           f"{path} is damaged, or not the file that the run's account names.")
    try: return h5py.File(path if image is None else io.BytesIO(image), "r")
    except OSError as error: raise LatentError(f"{path} cannot be read as HDF5: {error}") from None
def _dataset(file, name):
    """The numbers of that name if they lie in this very file (no links, nothing stored elsewhere), or None."""
    node = file
    for piece in name.split("/"):
        if not isinstance(node, h5py.Group) or not isinstance(node.get(piece, getlink=True), h5py.HardLink):
            return None
        node = node[piece]
    sane = isinstance(node, h5py.Dataset) and node.shape is not None and node.dtype.kind in "iuf" and not node.is_virtual
    return node if sane and not node.external and node.nbytes <= file.id.get_filesize() else None
def _specs(entries):
    """Declared arrays by name; entries that make no sense are left out."""
    good = {}
    for spec in entries if isinstance(entries, list) else []:
        dims = spec.get("dims") if isinstance(spec, dict) and _is_name(spec.get("name")) else None
        if isinstance(dims, list) and len(dims) <= 16 and str(spec.get("dtype")) in _DTYPES and all(
                isinstance(d, dict) and _is_name(d.get("name")) and (_is_count(d.get("size")) or d.get("size") is None and not i)
                for i, d in enumerate(dims)):
            words = spec.get("categories") if str(spec["dtype"])[0] != "f" else None
            words = words if isinstance(words, list) and all(isinstance(w, str) for w in words) else []
            good.setdefault(spec["name"], dict(spec, names=[d["name"] for d in dims], large=spec.get("large") is True, categories=words,
                                               grows=bool(dims) and dims[0].get("size") is None))
    return good

class _State:
    """What the events say, applied in order by the rules of the engine's RunState; odd fields are skipped."""
    def __init__(self):
        self.state, self.reason, self.progress, self.gathered = "queued", "", 0.0, None
        self.arrays, self.segments, self.figures = {}, [], {}
    def apply(self, event):
        kind, text = event["type"], lambda key: event[key] if isinstance(event.get(key), str) else ""
        if kind in ("state", "compacted"):
            self.state, self.reason = text("state"), text("reason")
            self.gathered = text("sha256") if kind == "compacted" else self.gathered
        elif kind == "attempt":
            self.state, self.reason = "running", ""
        elif kind == "progress" and isinstance(event.get("fraction"), (int, float)):
            self.progress = min(max(float(event["fraction"]), 0.0), 1.0)
        elif kind == "array" and len(self.arrays) < 10000:
            for name, spec in _specs([event.get("spec")]).items():
                known = self.arrays.setdefault(name, spec)  # a resumed run may learn the words of an array that it has
                known["categories"] = known["categories"] or spec["categories"]
        elif kind == "figure" and isinstance(event.get("figure"), dict) and len(self.figures) < 10000:
            self.figures[text("name")] = event["figure"]
        elif kind in ("commit", "merge"):
            ranges = [event.setdefault(key, {}) for key in ("rows", "metrics")]
            if re.match(r"[0-9]{6,15}\Z", text("segment")) and all(isinstance(r, dict) and all(
                    _is_name(n, True) and isinstance(v, list) and len(v) == 2 and all(map(_is_count, v)) for n, v in r.items())
                    for r in ranges):
                inputs = event.get("from") if kind == "merge" and isinstance(event.get("from"), list) else []
                places = [i for i, segment in enumerate(self.segments) if segment["segment"] in inputs]
                if places:  # the result takes the place of its inputs, which lie side by side
                    self.segments[places[0]:places[-1] + 1] = [event]
                elif kind == "commit" and len(self.segments) < 128:
                    self.segments.append(event)

class _Account:
    """events.ndjson as it grows. An attempt voids what lies between its valid_bytes and itself: all is then replayed."""
    def __init__(self, path):
        self.path, self.offset, self.attempts, self.cells, self.now = path, 0, [], {}, _State()
    def _lines(self, begin, end):
        """Complete lines: begin, end, and the event or None (no JSON, or longer than 1 MB)."""
        with io.open(self.path, "rb") as file:
            file.seek(begin)
            while begin < end:
                line = piece = file.readline(_LINE)
                start, begin = begin, begin + len(line)
                while piece and not piece.endswith(b"\n"):
                    line, piece = b"", file.readline(_LINE)
                    begin += len(piece)
                if not piece or begin > end: return
                try: event = json.loads(line)
                except (ValueError, RecursionError):
                    event = None
                yield start, begin, event if isinstance(event, dict) and isinstance(event.get("type"), str) else None
    def poll(self):
        size = self.path.stat().st_size if self.path.exists() else 0
        _check(size <= _EVENTS, f"{self.path} is longer than 4 GB; it is not read.")
        if size < self.offset: self.__init__(self.path)
        before, voids = self.offset, False
        for begin, end, event in self._lines(self.offset, size) if size else ():
            self.offset = end
            if event and event["type"] == "attempt":
                valid = event.get("valid_bytes")
                self.attempts.append((begin, min(valid, begin) if _is_count(valid) else begin))
                voids = voids or self.attempts[-1][1] < begin
            elif event and event["type"] == "cell" and _is_count(event.get("index")) and _is_name(event.get("run")):
                self.cells[event["index"]] = event  # holds whether or not a later attempt voids the line
            if event and not voids: self.now.apply(event)
        if voids:
            ranges, last = [], self.offset
            for begin, valid in reversed(self.attempts):
                if begin < last:
                    ranges, last = [(begin, last)] + ranges, min(last, valid)
            self.now = _State()
            for _, _, event in (line for valid in [(0, last)] + ranges for line in self._lines(*valid)):
                if event: self.now.apply(event)
        return self.offset != before
def _retried(method):
    """Files vanish when segments are merged or gathered; then the events have something new to say."""
    @functools.wraps(method)
    def retry(self, *arguments):
        for attempt in range(8):
            try: return method(self, *arguments)
            except (FileNotFoundError, LatentError) as error:
                gone = getattr(error, "filename", None)
                if self._alone or attempt == 7 or not (self.refresh() or gone):
                    raise LatentError(f"{gone} is missing.") if gone else error
                time.sleep(0.02)
    return retry

class Run:
    """A run directory, or a run.h5 alone; made by `latent.open`. `run[name]` is an array, `run.metric(name)` a table."""
    name = property(lambda self: self.path.name)
    request = property(lambda self: self._document("request"), doc="The whole of what was asked.")
    parameters = property(lambda self: self.request.get("parameters", {}), doc="Every parameter, resolved.")
    provenance = property(lambda self: self._document("provenance"), doc="Versions, machine, hashes of inputs.")
    claims = property(lambda self: self._text("claims", []), doc="What run.h5 holds of claims; `latent claims` judges.")
    reason = property(lambda self: self._account.now.reason, doc="Why it is in its state; often empty.")
    progress = property(lambda self: self._account.now.progress, doc="0 … 1, as the run says of itself.")

    def __init__(self, path):
        self.path, self._file, self._texts, self._process = Path(path).absolute(), None, {}, None
        self.cell_index = None  # which of several cells `Sweep.cell` was asked for
        self._account = _Account(self.path / "events.ndjson")
        is_run = (self.path / "request.json").exists() or self._account.path.exists()
        self._alone = self.path if self.path.is_file() else None if is_run else self.path / "run.h5"
        _check(not self._alone or self._alone.exists(), f"{self.path} is not a run: it has neither request.json nor run.h5.")
        _check(not self._alone or _open_h5(self._alone).attrs.get("latent_format") == "latent-run/1",
               f"{self._alone} is not a run of this workbench: it does not say latent-run/1.")
        self.refresh()

    def __repr__(self):
        return f"<{self.name}: {self.request.get('experiment')}, {self.state}, arrays: {', '.join(self.arrays) or 'none yet'}>"

    def refresh(self):
        """Reads what the run has said since; True when there is something new."""
        return self._alone is None and self._account.poll()
    def _worker(self):
        """What the newest lease says: running, interrupted, elsewhere (another machine), or "" (there is none)."""
        leases = [p for p in self.path.glob("worker*.json") if re.match(r"worker(-[0-9]{4,9})?\.json\Z", p.name)]
        if not leases or fcntl is None: return ""
        path, machine = max(leases, key=lambda p: int(p.name[7:-5] or 1)), Path("/etc/machine-id")
        lease, here = _json(path, 64 << 10), machine.read_text().split("\n")[0] if machine.exists() else ""
        if not isinstance(lease, dict) or (lease.get("host"), lease.get("machine")) != (socket.gethostname(), here):
            return "elsewhere"
        with io.open(path, "rb") as file:
            try: fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError: return "running"
        return "interrupted"

    @property
    def state(self):
        """queued running paused stopped interrupted failed done, or elsewhere: a worker on another machine has it."""
        if self._alone: return self._text("state", {}).get("state", "")
        worker = self._worker()  # before the events: a dead worker has said all it will ever say
        self.refresh()
        state = self._account.now.state
        if state in ("running", "queued"):
            return worker or ("interrupted" if state == "running" and fcntl else state)
        return "running" if worker == "running" and state != "done" else state

    def wait(self, timeout=None):
        """Waits until nobody computes it any more; an error when it failed."""
        end = time.monotonic() + timeout if timeout is not None else float("inf")
        while self.state in ("queued", "running", "elsewhere") or self._process and self._process.poll() is None:
            if time.monotonic() > end: raise TimeoutError(f"{self.name} is still {self.state} after {timeout} s.")
            time.sleep(0.1)
        _check(self.state != "failed" or isinstance(self, Sweep), f"{self.name} failed: {self.reason or 'it did not say why.'}", 5)
        return self

    def _gathered(self):
        """run.h5 once it is there, else None."""
        sha256 = None if self._alone else self._account.now.gathered
        if (self._alone or sha256) and (self._file is None or self._file[0] != sha256):
            self._file = sha256, _open_h5(self._alone or self.path / "run.h5", sha256)
        return self._file[1] if self._alone or sha256 else None  # a resumed run has none again
    @_retried
    def _text(self, name, otherwise):
        text = self._gathered().attrs.get("latent_" + name) if self._gathered() else None
        value = _parse(text, f"latent_{name} of {self.path}") if isinstance(text, (str, bytes)) else otherwise
        return value if isinstance(value, type(otherwise)) else otherwise
    def _document(self, name):
        if name not in self._texts:
            path = self.path / f"{name}.json"
            found = self._text(name, {}) if self._alone else _json(path) if path.exists() else {}
            self._texts[name] = found if isinstance(found, dict) else {}
        return self._texts[name]
    def _declared(self): return _specs(self._text("outputs", {}).get("arrays")) if self._alone else self._account.now.arrays

    @property
    def figures(self):
        """The views that the run published, by name."""
        views = self._text("figures", []) if self._alone else self._account.now.figures.values()
        return {str(view.get("name")): view for view in views if isinstance(view, dict)}

    @property
    @_retried
    def arrays(self):
        """Names of the arrays that hold values now."""
        file, held = self._gathered(), {n for segment in self._account.now.segments for n in segment["rows"]}
        return [n for n, spec in self._declared().items() if ((self.path / f"arrays/{n}.h5").exists() if spec["large"]
                else _dataset(file, n) is not None if file else n in held)]

    def _joined(self, kind, name, path, whole=False):
        """The values of all live segments, one after another; of a `whole` array those of the newest."""
        segments, parts, row = [s for s in self._account.now.segments if name in s[kind]], [], 0
        for segment in segments[-1:] if whole else segments:
            with _open_h5(self.path / "segments" / (segment["segment"] + ".h5"), segment.get("sha256")) as file:
                values = _dataset(file, path)
                _check(values is not None and (whole or [row, *values.shape[:1]] == segment[kind][name]),
                       f"Segment {segment['segment']} of {self.path} does not hold {name} as the events say.")
                parts.append(values[()])
                row += 0 if whole else len(values)
        return parts[0] if whole and parts else np.concatenate(parts) if parts else None

    def _values(self, name):
        spec = self._declared().get(name)
        near = difflib.get_close_matches(str(name), self._declared(), 1)
        _check(spec, f"{self.name} has no array {name!r}" + (f"; did you mean {near[0]!r}?" if near else "."), 2)
        if spec["large"]:
            values = _dataset(_open_h5(self.path / f"arrays/{name}.h5"), name)
        elif self._gathered():
            values = _dataset(self._gathered(), name)
        else:
            values = self._joined("rows", name, "arrays/" + name, whole=not spec["grows"])
        _check(values is not None, f"The array {name} of {self.name} holds no values yet.", 2)
        _check(values.dtype == _DTYPES[spec["dtype"]] and len(values.shape) == len(spec["dims"]) and all(
            d.get("size") in (None, extent) for d, extent in zip(spec["dims"], values.shape)),
               f"The array {name} of {self.path} is not as it was declared.")
        return values if spec["large"] else values[()]
    def _labels(self, name, values): return values
    def _labelled(self, names):
        """These arrays as an xarray.Dataset; growing ones that are a few rows ahead of others are cut to the same rows."""
        declared, found, sizes = self._declared(), {n: self._values(n) for n in names}, {}
        for n in (n for n in names if declared[n]["grows"] and not self._gathered()):
            sizes[declared[n]["names"][0]] = min(len(found[n]), sizes.get(declared[n]["names"][0], len(found[n])))
        for n, values in found.items():
            spec = declared[n]
            values = values[:sizes.get(spec["names"][0])] if spec["grows"] else values
            # A second length of a dimension has a name of its own, as in run.h5.
            dims = [d if sizes.setdefault(d, e) == e else f"{d}_{e}" for d, e in zip(spec["names"], values.shape)]
            texts = {"long_name": spec.get("label") or spec.get("description"), **{k: spec.get(k) for k in ("units", "description", "rest")}}
            attrs, words = {k: v for k, v in texts.items() if isinstance(v, (float, int)) or v and isinstance(v, str)}, spec["categories"]
            if words and dims == [n]:  # a coordinate of words: sel(node="01")
                values = np.array([words[v] if 0 <= v < len(words) else str(v) for v in values.tolist()])
            elif words:
                attrs["categories"] = words
            found[n] = dims, self._labels(n, values) if dims == [n] else values, attrs
        return xarray.Dataset(found, attrs={"run": self.name, "experiment": str(self.request.get("experiment"))})

    @_retried
    def __getitem__(self, name):
        """An array with dimensions, coordinates and units; a large one as h5py dataset, which reads slices."""
        declared, values, held = self._declared(), self._values(name), self.arrays
        if xarray is None or declared[name]["large"]: return values
        scales = {d for d in declared[name]["names"] if d in held and declared[d]["names"] == [d] and not declared[d]["large"]}
        return self._labelled([name, *sorted(scales - {name})])[name]

    @_retried
    def dataset(self):
        """All arrays but the large ones: xarray.Dataset, or a dict of numpy arrays where there is no xarray."""
        declared = self._declared()
        names = [n for n in self.arrays if not declared[n]["large"]]
        return self._labelled(names) if xarray else {n: self._values(n) for n in names}

    @_retried
    def _metrics(self):
        names, file = [], self._gathered()
        if file is None: return sorted({n for segment in self._account.now.segments for n in segment["metrics"]})
        file["metrics"].visit(names.append) if isinstance(file.get("metrics"), h5py.Group) else None
        return sorted(n[:-6] for n in names if n.endswith("/value"))
    @_retried
    def _columns(self, name):
        names = self._metrics()
        _check(name in names, f"{self.name} has no metric {name!r}; it has: {', '.join(names) or 'none yet'}.", 2)
        paths, file = {c: f"metrics/{name}/{c}" for c in ("step", "value")}, self._gathered()
        return {c: _dataset(file, p)[()] if file else self._joined("metrics", name, p) for c, p in paths.items()}

    def plot(self, name, ax=None, **cursors):
        """Draws a figure of the run (lines, points, trajectory, heatmap) with matplotlib; cursors as frame=-1 (the last)."""
        try: return import_module("latent_draw").draw(self, name, ax, cursors)
        except ModuleNotFoundError as error:
            raise LatentError(f"Figures need the module {error.name}; it is not there.", 2) from None

    def metric(self, name):
        """Every committed value: a table of step and value (a dict of arrays where there is no pandas)."""
        return (pandas.DataFrame if pandas else dict)(self._columns(name))

    def metrics(self):
        """All metrics by step, the last value where a step has several (a dict of dicts where there is no pandas)."""
        found = {name: self._columns(name) for name in self._metrics()}
        if pandas is None: return found
        series = {n: pandas.Series(c["value"], c["step"]) for n, c in found.items()}
        return pandas.DataFrame({n: s[~s.index.duplicated(keep="last")] for n, s in series.items()}).rename_axis("step")

class Sweep(Run):
    """A sweep; once done its arrays have the swept parameters and the seed as leading axes, texts and lists as labels."""
    def _labels(self, name, values):
        design = self.request.get("design", {})
        for axis in design.get("axes", []):
            texts = axis["values"]
            numbers = all(isinstance(t, (int, float)) for t in texts)
            places = len(texts) == len(values) and values.dtype.kind in "iU" and not numbers
            if axis["name"] in (name, name.removeprefix("swept_")) and places:
                return np.array([t if isinstance(t, str) else json.dumps(t) for t in texts])
        return values

    @property
    def cells(self):
        """A table with a row a cell: what was varied, its state, and the name (and place in it) of the run that has it."""
        self.refresh()
        links = self._account.cells or {c.get("index"): c for c in self.provenance.get("cells", []) if isinstance(c, dict)}
        rows = [{**cell.get("parameters", {}), "state": links.get(i, {}).get("state", "waiting"),
                 "run": links.get(i, {}).get("run", ""), "cell_index": links.get(i, {}).get("cell_index", 0)}
                for i, cell in enumerate(self.request.get("design", {}).get("cells", []))]
        return pandas.DataFrame(rows).rename_axis("cell") if pandas else rows

    def cell(self, index):
        """The run that holds a cell; where it holds several, they lie along its axis `cell`, this one at `.cell_index`."""
        link = self.cells.loc[index] if pandas else self.cells[index]
        _check(_is_name(link["run"]), f"Cell {index} of {self.name} has no run yet.", 2)
        found = Run(self.path.parent / link["run"])
        found.cell_index = int(link["cell_index"])
        return found
def _last(runs, names):
    """By the second in the name, if it begins with one, then by the request; the parts of a sweep nobody asked for."""
    def asked(name):
        at = (runs / name / "request.json").stat().st_mtime_ns
        dated = re.match(r"\d{4}-\d\d-\d\dT\d{6}-", name)
        return name[:17] if dated else time.strftime("%Y-%m-%dT%H%M%S", time.gmtime(at // 10**9)), at
    newest = sorted(names, key=asked, reverse=True)
    return next(([n] for n in newest if "sweep" not in Run(runs / n).request), [])

def open(path_or_name, workspace=None):
    """A Run (or Sweep) from its folder, its run.h5, enough of its name, or "last"; names are those of `workspace`/runs."""
    path = Path(path_or_name)
    if not path.exists():
        runs = Path(workspace or os.environ.get("LATENT_WORKSPACE") or ".") / "runs"
        names = sorted(p.name for p in runs.iterdir() if (p / "request.json").exists()) if runs.is_dir() else []
        fits = _last(runs, names) if str(path_or_name) == "last" else [n for n in names if str(path_or_name) in n]
        _check(len(fits) == 1, f"{str(path_or_name)!r} fits {len(fits)} runs in {runs}." + " Give more of the name." * (len(fits) > 1), 2)
        path = runs / fits[0]
    run = Run(path)
    return Sweep(path) if run.request.get("kind") == "sweep" else run

def sweep(path_or_name, workspace=None):
    """A finished or running sweep: labelled arrays, `.cells`, `.cell(i)`."""
    found = open(path_or_name, workspace)
    _check(isinstance(found, Sweep), f"{found.path} is a run, not a sweep; latent.open reads it.", 2)
    return found
def _command(words, workspace):
    """The call of `latent`: LATENT_PROGRAM, the one on the PATH, or the one of the installation this file belongs to."""
    here = Path(__file__).resolve()
    places = [here.parent / "latent", *(folder / "bin/latent" for folder in here.parents[2:4]), here.parents[2] / "build/release/bin/latent"]
    near = [place for place in places if place.is_file()]
    program = os.environ.get("LATENT_PROGRAM") or shutil.which("latent") or (near and str(near[0]))
    _check(program, "The program `latent` is not on the PATH; set LATENT_PROGRAM to where it is.", 2)
    return [program, *words, *(["--workspace", str(workspace)] if workspace else [])]
def _succeeded(code, text):
    lines = [line.strip() for line in text.replace("\r", "\n").splitlines() if line.strip()]
    first = next((i for i, line in enumerate(lines) if line.startswith("latent: ")), -1)  # a reason may have lines of its own
    said = [line.removeprefix("latent: ") for line in lines[first:]] or [f"latent ended with {code}."]
    _check(code == 0, " ".join(said), code)
def _call(words, workspace=None):
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:  # a worker may hold a pipe open
        code = subprocess.run(_command(words, workspace), stdin=subprocess.DEVNULL, stdout=out, stderr=err).returncode
        errors, answer = [file.seek(0) or file.read() for file in (err, out)]
    _succeeded(code, errors)
    return answer
def _plain(value): return value.tolist() if hasattr(value, "tolist") else value  # numpy's numbers as Python's
def _sets(parameters):
    return [f"--set={name}={value if isinstance(value, str) else json.dumps(value, default=_plain)}" for name, value in parameters.items()]

def start(experiment, preset=None, wait=False, workspace=None, options=(), **parameters):
    """Starts a run in the background and opens it; `options` are more words for `latent run`, as ("--threads", "1")."""
    words = ["run", experiment, "--detach", *(["--preset", preset] if preset else []), *options, *_sets(parameters)]
    run = Run(re.search(r"^Run: (.*)$", _call(words, workspace), re.M)[1])
    return run.wait() if wait else run
def _toml(value):
    value = _plain(value)
    if isinstance(value, dict): return "{ " + ", ".join(f"{json.dumps(str(k))} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple)): return "[" + ", ".join(map(_toml, value)) + "]"
    _check(isinstance(value, (str, bool, int, float)), f"A sweep cannot hold {value!r}.", 2)
    return repr(value) if type(value) in (int, float) else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

def start_sweep(spec, wait=False, workspace=None, options=()):
    """Starts a sweep from a TOML file, or a dict of the same keys; it goes on when this notebook ends."""
    with tempfile.TemporaryDirectory() as folder:
        if isinstance(spec, dict):
            text, spec = "".join(f"{json.dumps(k)} = {_toml(v)}\n" for k, v in spec.items()), Path(folder) / "sweep.toml"
            spec.write_text(text, encoding="utf-8")
        words, made, ended = _command(["sweep", str(spec), *options], workspace), None, False
        with io.open(Path(folder) / "log", "wb") as log:
            process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        while not made and not ended:
            time.sleep(0.02)
            ended = process.poll() is not None
            said = (Path(folder) / "log").read_text(errors="replace")
            made = re.search(r"^Sweep: (.*)\n", said, re.M)
    _succeeded(0 if made else process.returncode or 5, said)
    found = Sweep(made[1])
    found._process = process
    return found.wait() if wait else found

def runs(filter="", workspace=None, limit=0):
    """The runs of a workspace as a table, newest first; the filter as for `latent runs`: "mu>1 state=done"."""
    rows = json.loads(_call(["runs", "--json", "--limit", str(limit), *filter.split()], workspace))
    return pandas.DataFrame(rows) if pandas else rows

def probe(run, probe, workspace=None, **parameters):
    """Asks a run (None: no run) a question: a dict of values and of arrays by name, as `latent probe` answers."""
    name = str(run.path if isinstance(run, Run) else run or "-")
    with tempfile.TemporaryDirectory() as folder:
        reply = json.loads(_call(["probe", name, probe, "--json", "--out", folder, *_sets(parameters)], workspace))
        for array in reply["arrays"]:
            text = (Path(folder) / (array["name"].replace("/", "_") + ".csv")).read_text().splitlines()[1:]
            numbers = np.array([line.rsplit(",", 1)[-1] for line in text], "f8").reshape(array["shape"]).astype(_DTYPES[array["dtype"]])
            reply["values"][array["name"]] = xarray.DataArray(numbers, dims=array["dims"] or None) if xarray else numbers
    return reply["values"]
