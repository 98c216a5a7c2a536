#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes one small recording in every way that numpy and h5py have, and files that must be refused.

    write_recordings.py FOLDER          exit code 77 without numpy or h5py
"""
import pathlib
import sys
import zipfile

try:
    import h5py
    import numpy as np
except ImportError as missing:
    print(f"This Python has no numpy or h5py ({missing}).")
    sys.exit(77)

folder = pathlib.Path(sys.argv[1])
# hidden[l, t, d] = l + t/8 + d/512: exact in half precision.
hidden = np.add.outer(np.add.outer(np.arange(3), np.arange(5) / 8), np.arange(4) / 512).astype(np.float32)
ids = np.array([0, 1, 2, 1, -1])
half = hidden.astype(np.float16)
np.savez(folder / "plain.npz", hidden=hidden, node_ids=ids)
np.savez_compressed(folder / "deflated.npz", hidden=half, node_ids=ids.astype(np.int32))
np.savez(folder / "fortran.npz", hidden=np.asfortranarray(hidden), node_ids=ids)
np.savez_compressed(folder / "fortran_deflated.npz", hidden=np.asfortranarray(hidden.astype(np.float64)), node_ids=ids.astype(np.int8))
with zipfile.ZipFile(folder / "zip64.npz", "w") as archive:
    for name, array in (("hidden", hidden), ("node_ids", ids)):
        with archive.open(name + ".npy", "w", force_zip64=True) as member:
            np.lib.format.write_array(member, array)
np.savez(folder / "pickle.npz", hidden=np.array([{"a": 1}], dtype=object), node_ids=ids)
np.savez(folder / "big_endian.npz", hidden=hidden.astype(">f4"), node_ids=ids)
nan = hidden.copy()
nan[1, 2, 3] = np.nan
np.savez(folder / "nan.npz", hidden=nan, node_ids=ids)
np.savez(folder / "range.npz", hidden=hidden, node_ids=np.array([0, 1, 2, 3, 0]))
np.savez(folder / "integers.npz", hidden=hidden.astype(np.int32), node_ids=ids)
np.savez(folder / "short.npz", hidden=hidden, node_ids=ids[:3])
np.savez(folder / "prompts.npz", hidden=hidden, node_ids=ids, prompt_offsets=np.array([0, 3, 4]))
(folder / "cut.npz").write_bytes((folder / "plain.npz").read_bytes()[:-40])
for name, options in (("plain", {}), ("deflated", dict(compression="gzip", shuffle=True))):
    with h5py.File(folder / f"{name}.h5", "w") as file:
        file.create_dataset("hidden", data=half if options else hidden, **options)
        file["node_ids"] = ids
        file.attrs["words"] = '["a", "b", "c"]'
with h5py.File(folder / "link.h5", "w") as file:
    file["hidden"] = h5py.ExternalLink("/etc/passwd", "x")
    file["node_ids"] = ids
with h5py.File(folder / "external.h5", "w") as file:
    file.create_dataset("hidden", shape=(1, 5, 4), dtype="f4", external=[("/etc/passwd", 0, 80)])
    file["node_ids"] = ids
(folder / "cut.h5").write_bytes((folder / "plain.h5").read_bytes()[:900])
