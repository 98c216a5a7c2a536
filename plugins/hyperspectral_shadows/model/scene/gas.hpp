// SPDX-License-Identifier: Apache-2.0
#pragma once
// Absorption by CH4, CO2, H2O and O2 as sums of Voigt lines, and the spectrometer that sees it.
//
// The built-in lines are synthetic: they stand at plausible places (the 2ν3 band of CH4 with its Q branch at 1665.7 nm, the 1.6 µm
// band of CO2, the a¹Δ band of O2 at 1268 nm) with plausible strengths, and are no substitute for HITRAN. Pure; any thread.
//
//     const std::vector<double> tau = opticalDepth(Gas::Methane, gridNm);
//     const std::vector<double> seen = throughInstrument(gridNm, transmission, channelNm, .28);

#include <string>
#include <vector>

namespace hyperspectral_shadows {

enum class Gas { Methane, CarbonDioxide, Water, Oxygen };

struct Line {
    double centreNm, strengthNm;  ///< strength: vertical optical depth integrated over wavelength
};
const std::vector<Line>& linesOf(Gas gas);

/// Voigt profile of unit area: a Gaussian of deviation sigma convolved with a Lorentzian of half width gamma, both in the unit of x.
double voigt(double x, double sigma, double gamma);

/// Vertical optical depth on a grid of wavelengths.
std::vector<double> opticalDepth(Gas gas, const std::vector<double>& gridNm);

/// A fine grid that covers the channels and the wings of the response.
std::vector<double> fineGrid(const std::vector<double>& channelNm, double stepNm = .01);

/// Super-Gaussian response exp(−|d/w|^2.6) of full width `fwhmNm` at half height, of unit sum, at each channel.
std::vector<double> throughInstrument(const std::vector<double>& gridNm, const std::vector<double>& values,
                                      const std::vector<double>& channelNm, double fwhmNm);

/// Where absorption is strongest among these channels: (wavelength, name) of local maxima, the strongest first, at most `most`.
struct Mark {
    double wavelengthNm;
    Gas gas;
};
std::vector<Mark> strongestLines(const std::vector<double>& channelNm, std::size_t most);
std::string nameOf(Gas gas);

}  // namespace hyperspectral_shadows
