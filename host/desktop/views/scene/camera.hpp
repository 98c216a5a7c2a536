// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// From where a scene in three dimensions is looked at. Parallel projection: what is equally long is drawn equally long.
//
// z goes up on the screen; the azimuth turns around it, the elevation lifts the eye above the plane of x and y. Plain
// values; any thread.
//
//     Camera camera;                                  // azimuth −60°, elevation 25°
//     const Seen at = Eye(camera).see({0.5, 0.5, -1});     // across, up, and how near

#include <algorithm>
#include <cmath>
#include <numbers>

namespace latent::desktop {

struct Vector {
    double x = 0, y = 0, z = 0;
};

/// Right and up on the screen; nearness grows towards the eye.
struct Seen {
    double across = 0, up = 0, near = 0;
};

struct Camera {
    double azimuth_deg = -60, elevation_deg = 25;
    bool operator==(const Camera&) const = default;

    void turn(double azimuth, double elevation) {
        azimuth_deg = std::remainder(azimuth_deg + azimuth, 360.0);
        elevation_deg = std::clamp(elevation_deg + elevation, -90.0, 90.0);
    }
};

/// The camera's directions, worked out once for loops over many points.
class Eye {
  public:
    explicit Eye(const Camera& camera) {
        constexpr double kPerDegree = std::numbers::pi / 180;
        const double a = camera.azimuth_deg * kPerDegree, e = camera.elevation_deg * kPerDegree;
        m_right = {-std::sin(a), std::cos(a), 0};
        m_up = {-std::sin(e) * std::cos(a), -std::sin(e) * std::sin(a), std::cos(e)};
        m_towards = {std::cos(e) * std::cos(a), std::cos(e) * std::sin(a), std::sin(e)};
    }
    Seen see(const Vector& p) const { return {dot(m_right, p), dot(m_up, p), dot(m_towards, p)}; }

  private:
    static double dot(const Vector& a, const Vector& b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
    Vector m_right, m_up, m_towards;
};

}  // namespace latent::desktop
