// SPDX-License-Identifier: GPL-3.0-or-later
#include "desktop/views/graph/spring_layout.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace latent::desktop {
namespace {

/// Of larger parts not all pairs are kept apart, but each node from this many pivots and from its neighbours.
constexpr std::size_t kAllPairs = 1200, kPivots = 60;
constexpr int kRounds = 40;
constexpr double kFinest = 0.05;  ///< last step, in relation to the spring of a pair 1 apart
constexpr double kBetweenParts = 1.2;
constexpr int kFar = 1 << 30;

/// splitmix64: the same order on every machine, which no standard distribution promises.
class Shuffler {
  public:
    std::size_t below(std::size_t limit) {
        std::uint64_t z = (m_state += 0x9e3779b97f4a7c15ull);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        return static_cast<std::size_t>((z ^ (z >> 31)) % limit);
    }

  private:
    std::uint64_t m_state = 1;
};

struct Pair {
    std::uint32_t a, b;
    float distance;
};

/// Steps along edges from one node to the others of its part.
void walk(const Neighbours& neighbours, std::size_t from, std::vector<int>& steps,
          std::vector<std::size_t>& reached) {
    reached.assign(1, from);
    steps[from] = 0;
    for (std::size_t i = 0; i < reached.size(); ++i)
        for (const std::size_t* next = neighbours.begin(reached[i]); next != neighbours.end(reached[i]);
             ++next) {
            if (steps[*next] != kFar) continue;
            steps[*next] = steps[reached[i]] + 1;
            reached.push_back(*next);
        }
}

std::vector<Pair> pairsOf(const Neighbours& neighbours, const std::vector<std::size_t>& part) {
    std::vector<Pair> pairs;
    std::vector<int> steps(neighbours.size(), kFar);
    std::vector<std::size_t> reached;
    const bool all = part.size() <= kAllPairs;
    const std::size_t stride = all ? 1 : part.size() / kPivots;
    for (std::size_t p = 0; p < part.size(); p += stride) {
        walk(neighbours, part[p], steps, reached);
        for (const std::size_t other : reached)
            if (all ? other > part[p] : other != part[p])
                pairs.push_back({static_cast<std::uint32_t>(part[p]), static_cast<std::uint32_t>(other),
                                 static_cast<float>(steps[other])});
        for (const std::size_t other : reached) steps[other] = kFar;
    }
    if (!all)
        for (const std::size_t node : part)
            for (const std::size_t* next = neighbours.begin(node); next != neighbours.end(node); ++next)
                if (*next > node)
                    pairs.push_back({static_cast<std::uint32_t>(node), static_cast<std::uint32_t>(*next), 1});
    return pairs;
}

/// Moves each pair towards its distance, in ever smaller steps.
void relax(std::vector<QPointF>& places, std::vector<Pair>& pairs) {
    float longest = 1;
    for (const Pair& pair : pairs) longest = std::max(longest, pair.distance);
    const double first = static_cast<double>(longest) * longest,
                 decay = std::log(first / kFinest) / (kRounds - 1);
    Shuffler shuffler;
    for (int round = 0; round < kRounds; ++round) {
        const double rate = first * std::exp(-decay * round);
        for (std::size_t i = pairs.size(); i > 1; --i) std::swap(pairs[i - 1], pairs[shuffler.below(i)]);
        for (const Pair& pair : pairs) {
            const double wanted = pair.distance, part = std::min(1.0, rate / (wanted * wanted));
            QPointF &a = places[pair.a], &b = places[pair.b];
            const QPointF apart = a - b;
            const double distance = std::max(1e-6, std::hypot(apart.x(), apart.y()));
            const QPointF by = apart * (part * (distance - wanted) / (2 * distance));
            a -= by;
            b += by;
        }
    }
}

/// Turns a part so that its longer direction is level, as figures are wider than high.
void level(std::vector<QPointF>& places, const std::vector<std::size_t>& part) {
    QPointF mean;
    for (const std::size_t node : part) mean += places[node] / static_cast<double>(part.size());
    double xx = 0, xy = 0, yy = 0;
    for (const std::size_t node : part) {
        const QPointF d = places[node] - mean;
        xx += d.x() * d.x();
        xy += d.x() * d.y();
        yy += d.y() * d.y();
    }
    const double angle = 0.5 * std::atan2(2 * xy, xx - yy), c = std::cos(angle), s = std::sin(angle);
    for (const std::size_t node : part) {
        const QPointF d = places[node] - mean;
        places[node] = {c * d.x() + s * d.y(), c * d.y() - s * d.x()};
    }
}

/// Parts in rows, the largest first.
void pack(std::vector<QPointF>& places, std::vector<std::vector<std::size_t>>& parts) {
    std::stable_sort(parts.begin(), parts.end(),
                     [](const auto& a, const auto& b) { return a.size() > b.size(); });
    struct Box {
        double left = 1e300, right = -1e300, bottom = 1e300, top = -1e300;
    };
    std::vector<Box> boxes;
    double surface = 0, widest = 0;
    for (const auto& part : parts) {
        Box box;
        for (const std::size_t node : part) {
            box.left = std::min(box.left, places[node].x()),
            box.right = std::max(box.right, places[node].x());
            box.bottom = std::min(box.bottom, places[node].y()),
            box.top = std::max(box.top, places[node].y());
        }
        surface += (box.right - box.left + kBetweenParts) * (box.top - box.bottom + kBetweenParts);
        widest = std::max(widest, box.right - box.left);
        boxes.push_back(box);
    }
    const double wide = std::max(widest, 1.3 * std::sqrt(surface));
    double x = 0, y = 0, row = 0;
    for (std::size_t p = 0; p < parts.size(); ++p) {
        const Box& box = boxes[p];
        if (x > 0 && x + box.right - box.left > wide) {
            x = 0;
            y -= row + kBetweenParts;
            row = 0;
        }
        for (const std::size_t node : parts[p]) places[node] += QPointF(x - box.left, y - box.top);
        x += box.right - box.left + kBetweenParts;
        row = std::max(row, box.top - box.bottom);
    }
}

}  // namespace

std::vector<QPointF> bySprings(const Neighbours& neighbours) {
    const std::size_t count = neighbours.size();
    std::vector<QPointF> places(count);
    // Around a circle that is not quite one, so that no pair begins at one place or in a line.
    for (std::size_t i = 0; i < count; ++i) {
        const double angle = 2 * std::numbers::pi * static_cast<double>(i) * 0.6180339887498949,
                     radius = std::sqrt(static_cast<double>(i) + 0.5);
        places[i] = {radius * std::cos(angle), radius * std::sin(angle)};
    }
    std::vector<std::vector<std::size_t>> parts;
    std::vector<int> steps(count, kFar);
    for (std::size_t i = 0; i < count; ++i) {
        if (steps[i] != kFar) continue;
        walk(neighbours, i, steps, parts.emplace_back());
        std::vector<Pair> pairs = pairsOf(neighbours, parts.back());
        relax(places, pairs);
        level(places, parts.back());
    }
    if (parts.size() > 1) pack(places, parts);
    return places;
}

}  // namespace latent::desktop
