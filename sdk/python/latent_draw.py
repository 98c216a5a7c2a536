# SPDX-License-Identifier: Apache-2.0
"""What `Run.plot` of latent.py draws with matplotlib: the figures of a run, as its plugin describes them.

    run.plot("losses", frame=-1)               # cursors by name; without one they stand where the desktop's do
    sweep.plot("losses", mu=1, seed=0)         # one cell: places along the axes of the sweep, 0 where none is given
    sweep.cell(3).plot("losses")

Drawn are lines, points, trajectories and heat maps. Needs xarray and matplotlib.
"""
from importlib import import_module

import numpy as np

import latent

KINDS = ("lines", "points", "trajectory", "heatmap")
STYLES = {"dashed": "--", "dotted": ":"}


def places(run, cursors):
    """Where along the dimensions that a sweep, or a run of several cells, has before those of the experiment."""
    if isinstance(run, latent.Sweep):
        held = run._declared()
        axes = [axis["name"] for axis in run.request.get("design", {}).get("axes", [])]
        found = {f"swept_{name}" if f"swept_{name}" in held else name: cursors.get(name, 0) for name in axes}
    else:
        found = {"cell": run.cell_index or 0} if run.request.get("cells") else {}
    return {name: cursors.get(name, at) for name, at in found.items()}


def _at(data, where):
    """One place along each of the dimensions that are there; beyond an end it is the end, as on the desktop."""
    found = {d: at for d, at in where.items() if d in data.dims}
    return data.isel({d: max(-data.sizes[d], min(int(at), data.sizes[d] - 1)) for d, at in found.items()})


def _array(run, name, where):
    """The array in one cell; a coordinate that differs between the cells of a sweep is called NAME_values there."""
    held = run._declared()
    return _at(run[name + "_values" if name not in held and name + "_values" in held else name], where)


def _coordinate(run, data, dimension, where):
    if dimension not in data.coords and dimension + "_values" in run._declared():
        return _array(run, dimension, where)
    return data[dimension]


def _rest(along):
    """Where a cursor stands that nobody has set: at the first of words, at `rest`, else at the end."""
    if along.dtype.kind in "US" or along.attrs.get("categories"):
        return 0
    return int(np.abs(along.data - along.attrs["rest"]).argmin()) if "rest" in along.attrs else -1


def pick(run, selection, cursors):
    """The values that a view selects, and their dimensions with coordinates in order."""
    name = str(selection["array"])
    if name.startswith("metrics/"):
        columns = run._columns(name[8:])
        return columns["value"], {"step": columns["step"]}
    where = places(run, cursors)
    data = _array(run, name, where)
    for dimension, how in selection.get("select", {}).items():
        how = how if isinstance(how, dict) else {"index": how}
        if "slice" in how:
            data = data.isel({dimension: slice(*how["slice"])})
            continue
        along = _coordinate(run, data, dimension, where)
        at = how["index"] if "index" in how else int(np.abs(along.data - how["value"]).argmin()) if "value" in how else \
            cursors.get(how.get("cursor"), _rest(along))
        data = _at(data, {dimension: at})
    return data.values, {d: _coordinate(run, data, d, where).values for d in data.dims}


def _place_words(run, cursors):
    """Which cell of a sweep is drawn: "mu [1, 2], seed 0"."""
    words = {n: _at(run[n], {n: at}).item() for n, at in places(run, cursors).items() if n in run._declared()}
    return ", ".join(f"{name.removeprefix('swept_')} {word}" for name, word in words.items())


def _heatmap(run, view, ax, cursors):
    values, dims = pick(run, view["z"], cursors)
    down, across = view.get("down", list(dims)[0]), view.get("across", list(dims)[-1])
    image = ax.imshow(values if list(dims) == [down, across] else values.T, aspect="auto",
                      origin="lower" if view.get("upwards") else "upper")
    ax.figure.colorbar(image, ax=ax)
    ax.set(xlabel=across, ylabel=down)


def _series(run, view, series, ax, cursors):
    (y, dims), family, x_of = pick(run, series["y"], cursors), series.get("family"), series.get("x") or view.get("x")
    along = next((d for d in dims if d != family), None)
    x, x_dims = pick(run, x_of, cursors) if x_of else (dims[along], {})
    y, x = (np.moveaxis(v, list(d).index(family), -1) if family in d else v for v, d in ((y, dims), (x, x_dims)))
    label = [f"{family} {v}" for v in dims[family]] if family in dims else series.get("label") or series["y"]["array"]
    ax.plot(x, y, "o" if view["kind"] == "points" else STYLES.get(series.get("style"), "-"), label=label)
    if "low" in series and "high" in series:
        ax.fill_between(x, *(pick(run, series[k], cursors)[0] for k in ("low", "high")), alpha=0.2)
    ax.set(xlabel=x_of["array"] if x_of else along)


def draw(run, name, ax, cursors):
    """Draws the figure `name` on `ax`, or on axes of its own, and gives the axes."""
    view = run.figures.get(name)
    latent._check(view, f"{run.name} has no figure {name!r}; it has: {', '.join(run.figures) or 'none yet'}.", 2)
    latent._check(view.get("kind") in KINDS and latent.xarray,
                  f"latent.py draws lines, points, trajectories and heat maps, with xarray; {name} is {view.get('kind')}.", 2)
    ax = ax or import_module("matplotlib.pyplot").subplots()[1]
    if view["kind"] == "heatmap":
        _heatmap(run, view, ax, cursors)
    for series in view.get("series", []):
        _series(run, view, series, ax, cursors)
    for letter in "xy":
        axis = view.get(letter + "_axis", {})
        ax.set(**{letter + "scale": axis.get("scale", "linear")}, **({letter + "label": axis["title"]} if axis.get("title") else {}))
    if ax.get_legend_handles_labels()[0]:
        ax.legend()
    cell = _place_words(run, cursors) if isinstance(run, latent.Sweep) else ""
    ax.set_title(view.get("title", name) + (f"\n{cell}" if cell else ""))
    return ax
