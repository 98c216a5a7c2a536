#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Synthetic spectrometer scenes with known shadow, for the tests: NumPy only, independent of the plugin's own scenes.

Written from the recipe in the notes on arXiv:2312.15386 before the plugin was; it is left alone since, so that the plugin
is not judged by its own model. Each scene is one NetCDF4-like HDF5 file in the L1B layout with a group /Truth.

    python3 make_scenes.py FOLDER --tiers easy medium hard dark --seeds 10 --zenith 30 60

Radiance is in photons s-1 cm-2 nm-1 sr-1, wavelengths in nm, angles in degrees.
"""
import argparse
import pathlib
import sys

import numpy as np

try:
    import h5py
except ImportError:
    print("Skipped: this Python has no h5py.")
    sys.exit(77)

TIERS = {"easy": (.28, .34), "medium": (.20, .40), "hard": (.15, .40), "dark": (.15, .40)}
SUN = 1.2e14          # photons s-1 cm-2 nm-1 at normal incidence, about what the band has
PIXEL_M = 5.0


def faddeeva(z, n=32):
    """w(z) for Im z > 0 (Weideman 1994)."""
    m = 2 * n
    k = np.arange(-m + 1, m)
    scale = np.sqrt(n / np.sqrt(2))
    t = scale * np.tan(k * np.pi / m / 2)
    f = np.concatenate([[0], np.exp(-t**2) * (scale**2 + t**2)])
    a = np.real(np.fft.fft(np.fft.fftshift(f))) / (2 * m)
    a = a[1:n + 1][::-1]
    big = (scale + 1j * z) / (scale - 1j * z)
    return 2 * np.polyval(a, big) / (scale - 1j * z)**2 + (1 / np.sqrt(np.pi)) / (scale - 1j * z)


def voigt(x, centre, sigma, gamma):
    return np.real(faddeeva((x - centre + 1j * gamma) / (sigma * np.sqrt(2)))) / (sigma * np.sqrt(2 * np.pi))


def absorption(grid):
    """Vertical optical depths of CH4, CO2 and H2O on a fine grid: synthetic lines at plausible places."""
    rng = np.random.default_rng(20)  # the same lines in every scene
    gases = {}
    ch4 = [(1665.7 + d, .25) for d in np.linspace(-.6, .9, 7)]
    ch4 += [(c + d, .16 * np.exp(-((c - 1660) / 18)**2)) for c in np.arange(1632, 1681, 2.75) for d in (-.12, .05, .2) if abs(c - 1665.7) > 1.5]
    co2 = [(1602 + .42 * j, .10 * np.exp(-((j - 12) / 9)**2)) for j in range(32)] + [(1601 - .37 * j, .08 * np.exp(-((j - 9) / 8)**2)) for j in range(18)]
    h2o = [(c, .02 + .03 * rng.random()) for c in rng.uniform(1592, 1680, 24)]
    for name, lines in (("ch4", ch4), ("co2", co2), ("h2o", h2o)):
        gases[name] = sum(strength * voigt(grid, c, .012, .05) for c, strength in lines)
    return gases


def through_instrument(grid, values, wavelength, fwhm):
    """Super-Gaussian response exp(-|d/w|^2.6) of this width, normalised, at each channel."""
    w = fwhm / 2 / np.log(2)**(1 / 2.6)
    out = np.empty((len(wavelength),) + values.shape[1:])
    for i, c in enumerate(wavelength):
        near = np.abs(grid - c) < 2 * fwhm
        weight = np.exp(-np.abs((grid[near] - c) / w)**2.6)
        out[i] = weight @ values[near] / weight.sum()
    return out


def smooth_field(rng, shape, width):
    """Gaussian noise smoothed in Fourier space, mean 0 and deviation 1."""
    f = [np.fft.fftfreq(n) for n in shape]
    filt = np.exp(-2 * (np.pi * width)**2 * (f[0][:, None]**2 + f[1][None, :]**2))
    field = np.fft.ifft2(np.fft.fft2(rng.normal(size=shape)) * filt).real
    return (field - field.mean()) / field.std()


def blur(image, radius_px, psf_px):
    """A disk (the sun's) and then a Gaussian (the pixel's response), both in pixels."""
    shape = image.shape
    y, x = (np.minimum(np.arange(n), n - np.arange(n)) for n in shape)
    distance = np.hypot(y[:, None], x[None, :])
    disk = np.clip(radius_px + .5 - distance, 0, 1)
    psf = np.exp(-distance**2 / 2 / psf_px**2)
    out = np.fft.fft2(image)
    for kernel in (disk, psf):
        out = out * np.fft.fft2(kernel / kernel.sum())
    return np.clip(np.fft.ifft2(out).real, 0, 1)


def shadow(rng, shape, zenith):
    """Coverage in [0, 1] of the direct beam: buildings and clouds, with penumbra; and the hard mask behind it."""
    tan, azimuth = np.tan(np.radians(zenith)), rng.uniform(0, 2 * np.pi)
    direction = np.array([np.cos(azimuth), np.sin(azimuth)])
    yy, xx = np.mgrid[:shape[0], :shape[1]]
    buildings = np.zeros(shape)
    for _ in range(max(2, shape[0] * shape[1] // 1200)):
        centre, half, height = rng.uniform(0, shape), rng.uniform(2, 5, 2), rng.uniform(15, 60)
        for step in np.linspace(0, 1, 24):
            y, x = centre + direction * step * height * tan / PIXEL_M
            buildings[(np.abs(yy - y) <= half[0]) & (np.abs(xx - x) <= half[1])] = 1
    clouds = (smooth_field(rng, shape, shape[0] / 9) > 1.0).astype(float)
    clouds = np.roll(clouds, np.round(direction * 1200 * tan / PIXEL_M).astype(int), (0, 1))
    soft = lambda mask, height: blur(mask, height * np.tan(np.radians(.2665)) / PIXEL_M, .7)
    coverage = 1 - (1 - soft(buildings, 40)) * (1 - soft(clouds, 1200))
    coverage[coverage < 1e-6] = 0
    return coverage, np.maximum(buildings, clouds)


def make(tier, seed, zenith, lines, samples, bands, snr):
    rng = np.random.default_rng([seed, zenith, list(TIERS).index(tier)])
    wavelength = np.linspace(1592, 1680, bands)
    grid = np.arange(1591, 1681, .01)
    gases = absorption(grid)
    tau = gases["ch4"] + gases["co2"] + gases["h2o"]
    sun_air, view_air = 1 / np.cos(np.radians(zenith)), 1.0
    f_d, p, q = rng.uniform(.06, .12), rng.uniform(1.5, 3.5), rng.uniform(1.6, 2.4) * sun_air
    ratio = grid / 1636
    direct = SUN * np.cos(np.radians(zenith)) * np.exp(-tau * sun_air)
    diffuse = f_d * SUN * ratio**-p * np.exp(-q * tau)
    up = np.exp(-tau * view_air)
    path = .002 * SUN * ratio**-4 * np.exp(-.5 * tau)
    direct, diffuse, path = through_instrument(grid, np.stack([direct * up, diffuse * up, path], 1), wavelength, .28).T

    low, high = TIERS[tier]
    u = np.linspace(-1, 1, bands)
    base = rng.permutation(np.linspace(low, high, 6))
    reflectance = base[:, None] * (1 + rng.normal(0, .03, (6, 1)) * u + rng.normal(0, .015, (6, 1)) * (u**2 - 1 / 3))
    label = np.argmax([smooth_field(rng, (lines, samples), 5) for _ in base], 0)
    if tier == "dark":
        reflectance = np.vstack([reflectance, rng.uniform(.02, .05) * (1 + .05 * u)])
        label[smooth_field(rng, (lines, samples), 5) > 1.2] = 6
    texture = 1 + .05 * rng.normal(size=(lines, samples)) * .5 + .04 * smooth_field(rng, (lines, samples), 2)
    coverage, hard = shadow(rng, (lines, samples), zenith)
    sky = 1 - .3 * coverage

    def radiance(a, s):
        light = (1 - a)[..., None] * direct + s[..., None] * diffuse
        return reflectance[label] / np.pi * texture[..., None] * light + path

    truth = radiance(np.zeros_like(coverage), np.ones_like(sky))
    clean = radiance(coverage, sky)
    # Electrons: full at the lit signal so that its signal to noise ratio is `snr`; read noise 40 e.
    scale = snr**2 / truth.mean()
    electrons = clean * scale
    sigma = np.sqrt(electrons + 40**2 * min(1, snr**2 / 4e4)) / scale
    noisy = clean + sigma * rng.normal(size=clean.shape)
    return dict(wavelength=wavelength, radiance=noisy.astype("f4"), uncertainty=sigma.astype("f4"), unshadowed=truth.astype("f4"),
                coverage=coverage.astype("f4"), hard=hard.astype("u1"), label=label.astype("u1"), zenith=zenith)


def write(path, scene):
    lines, samples, bands = scene["radiance"].shape
    with h5py.File(path, "w") as f:
        for name, size in (("y", lines), ("x", samples), ("w1", bands)):
            f[name] = np.arange(size)
            f[name].make_scale(name)

        def put(name, values, dims, units=""):
            d = f.create_dataset(name, data=values)
            for i, dim in enumerate(dims):
                d.dims[i].attach_scale(f[dim])
            if units:
                d.attrs["units"] = units
        put("Band1/Radiance", scene["radiance"], ("y", "x", "w1"), "photons s-1 cm-2 nm-1 sr-1")
        put("Band1/RadianceUncertainty", scene["uncertainty"], ("y", "x", "w1"), "photons s-1 cm-2 nm-1 sr-1")
        put("Band1/RadianceFlag", np.zeros((lines, samples, bands), "u1"), ("y", "x", "w1"))
        put("Band1/Wavelength", np.broadcast_to(scene["wavelength"].astype("f4"), (lines, samples, bands)), ("y", "x", "w1"), "nm")
        put("Geolocation/SolarZenithAngle", np.full((lines, samples), scene["zenith"], "f4"), ("y", "x"), "degrees")
        put("Geolocation/Longitude", np.tile(np.linspace(-100, -99.9, samples), (lines, 1)), ("y", "x"), "degrees_east")
        put("Truth/alpha", scene["coverage"], ("y", "x"))
        put("Truth/hard_mask", scene["hard"], ("y", "x"))
        put("Truth/label", scene["label"], ("y", "x"))
        put("Truth/radiance_unshadowed", scene["unshadowed"], ("y", "x", "w1"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--tiers", nargs="+", default=list(TIERS), choices=TIERS)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--zenith", nargs="+", type=int, default=[30, 60])
    parser.add_argument("--lines", type=int, default=64)
    parser.add_argument("--samples", type=int, default=64)
    parser.add_argument("--bands", type=int, default=128)
    parser.add_argument("--snr", type=float, default=150)
    o = parser.parse_args()
    o.folder.mkdir(parents=True, exist_ok=True)
    for tier in o.tiers:
        for zenith in o.zenith:
            for seed in range(o.seeds):
                write(o.folder / f"{tier}_sza{zenith}_seed{seed}.nc", make(tier, seed, zenith, o.lines, o.samples, o.bands, o.snr))


if __name__ == "__main__":
    main()
