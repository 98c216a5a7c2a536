// SPDX-License-Identifier: Apache-2.0
// Families of graphs and their Laplacian spectra, against closed forms and identities.
#include <QtTest>
#include <cmath>
#include <numbers>

#include "graphs/spectrum.hpp"

using namespace icl_graphs;

namespace {

constexpr double kPi = std::numbers::pi;

bool sameValues(std::vector<double> expected, const Eigen::VectorXd& values) {
    std::sort(expected.begin(), expected.end());
    if (static_cast<Eigen::Index>(expected.size()) != values.size()) return false;
    for (std::size_t i = 0; i < expected.size(); ++i)
        if (std::abs(expected[i] - values(static_cast<Eigen::Index>(i))) > 1e-12) return false;
    return true;
}

double path(int k, int n) { return 2 - 2 * std::cos(kPi * k / n); }
double ring(int k, int n) { return 2 - 2 * std::cos(2 * kPi * k / n); }

/// Kirchhoff: the number of spanning trees is the product of the non-zero eigenvalues over n.
double spanningTrees(const Graph& graph) {
    const Eigen::VectorXd values = spectrumOf(graph).values;
    double product = 1;
    for (Eigen::Index i = 1; i < values.size(); ++i) product *= values(i);
    return product / graph.nodes;
}

QString refusal(const std::function<void()>& make) {
    try {
        make();
        return {};
    } catch (const std::invalid_argument& e) {
        return QString::fromUtf8(e.what());
    }
}

}  // namespace

class GraphsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void ringsHaveTheirClosedForm() {
        for (const int n : {3, 7, 10, 33}) {
            std::vector<double> expected;
            for (int k = 0; k < n; ++k) expected.push_back(ring(k, n));
            QVERIFY(sameValues(expected, spectrumOf(makeRing(n)).values));
        }
    }
    void gridsAndToriAreSums() {
        for (const auto& [r, c] : {std::pair{4, 4}, {3, 5}, {1, 6}, {6, 6}}) {
            std::vector<double> expected;
            for (int i = 0; i < r; ++i)
                for (int j = 0; j < c; ++j) expected.push_back(path(i, r) + path(j, c));
            QVERIFY(sameValues(expected, spectrumOf(makeGrid(r, c)).values));
        }
        std::vector<double> expected;
        for (int i = 0; i < 4; ++i)
            for (int j = 0; j < 5; ++j) expected.push_back(ring(i, 4) + ring(j, 5));
        QVERIFY(sameValues(expected, spectrumOf(makeTorus(4, 5)).values));
    }
    void honeycombs() {
        // Wrapped: 3 ± |1 + e^{ia} + e^{ib}|.
        std::vector<double> expected;
        for (int i = 0; i < 3; ++i)
            for (int j = 0; j < 4; ++j) {
                const double a = 2 * kPi * i / 3, b = 2 * kPi * j / 4, re = 1 + std::cos(a) + std::cos(b),
                             im = std::sin(a) + std::sin(b);
                expected.push_back(3 + std::hypot(re, im));
                expected.push_back(3 - std::hypot(re, im));
            }
        QVERIFY(sameValues(expected, spectrumOf(makeHoneycombTorus(3, 4)).values));
        // Open: one hexagon is a ring; two (naphthalene) have 35 spanning trees, three in a row (anthracene) 204.
        QVERIFY(sameValues({ring(0, 6), ring(1, 6), ring(2, 6), ring(3, 6), ring(4, 6), ring(5, 6)},
                           spectrumOf(makeHoneycomb(1, 1)).values));
        QVERIFY(std::abs(spanningTrees(makeHoneycomb(1, 2)) - 35) < 1e-9);
        QVERIFY(std::abs(spanningTrees(makeHoneycomb(1, 3)) - 204) < 1e-9);
        const Graph paper = makeHoneycomb(3, 3);
        QCOMPARE(paper.nodes, 30);
        QVERIFY(paper.connected());
        for (const auto& [a, b] : paper.edges)
            QVERIFY(std::abs(std::hypot(paper.position[static_cast<std::size_t>(a)][0] -
                                            paper.position[static_cast<std::size_t>(b)][0],
                                        paper.position[static_cast<std::size_t>(a)][1] -
                                            paper.position[static_cast<std::size_t>(b)][1]) -
                             1) < 1e-12);
        // tr L = 2|E|, tr L² = Σ d² + 2|E|, and it is bipartite: tr of A³ is zero, so tr L³ = Σ d³ + 3 Σ d².
        const Eigen::VectorXd v = spectrumOf(paper).values;
        double d1 = 0, d2 = 0, d3 = 0;
        for (const int d : paper.degrees()) d1 += d, d2 += d * d, d3 += d * d * d;
        QVERIFY(std::abs(v.sum() - d1) < 1e-12 * d1);
        QVERIFY(std::abs(v.squaredNorm() - d2 - d1) < 1e-12 * d2);
        QVERIFY(std::abs(v.array().cube().sum() - d3 - 3 * d2) < 1e-12 * d3);
    }
    void treesAndRandomGraphs() {
        const Graph tree = makeTree(2, 3);
        QCOMPARE(tree.nodes, 15);
        QCOMPARE(tree.edges.size(), std::size_t{14});
        QVERIFY(std::abs(spanningTrees(tree) - 1) < 1e-10);
        const Graph regular = makeRegular(12, 3, 5);
        for (const int d : regular.degrees()) QCOMPARE(d, 3);
        QVERIFY(regular.connected() && makeErdosRenyi(20, .2, 3).connected());
        QVERIFY(makeRegular(12, 3, 5).edges == regular.edges && makeRegular(12, 3, 6).edges != regular.edges);
        // Neither the pairs of all nodes nor those of all free ends may ever be listed: that would be 10¹² of them here.
        const Graph large = makeRegular(4096, 64, 1);
        for (const int d : large.degrees()) QCOMPARE(d, 64);
        QCOMPARE(makeRegular(6, 5, 2).edges.size(),
                 std::size_t{15});  // the complete graph, which is found only by looking at what is left
        double edges = 0;
        for (std::uint64_t seed = 0; seed < 100; ++seed)
            edges += static_cast<double>(makeErdosRenyi(20, .3, seed).edges.size()) / 100;
        QVERIFY(std::abs(edges - 57) < 2.5);  // 190 pairs; standard error .6; connectedness hardly selects
    }
    void theRayleighLines() {
        const RayleighLines lines = rayleighLinesOf(makeGrid(4, 4)),
                            same = rayleighLinesOf(spectrumOf(makeGrid(4, 4)).values);
        QVERIFY(std::abs(lines.minimal - same.minimal) < 1e-12 &&
                std::abs(lines.isotropic - same.isotropic) < 1e-12 &&
                std::abs(lines.maximal - same.maximal) < 1e-12);
        QVERIFY(std::abs(lines.isotropic - 3.2) < 1e-12);
        QVERIFY(std::abs(lines.minimal - .5857864376269049) < 1e-12);
        QVERIFY(std::abs(lines.maximal - 6.82842712474619) < 1e-12);
    }
    /// Which eigenvectors a solver calls the second and third is arbitrary where more than two share the value of the third.
    void theLowestModesAreWholeEigenspaces() {
        QCOMPARE(lowestModes(makeGrid(4, 4)).cols(), Eigen::Index{2});
        QCOMPARE(lowestModes(makePath(6)).cols(), Eigen::Index{2});
        QCOMPARE(lowestModes(makeRing(10)).cols(), Eigen::Index{2});
        QCOMPARE(lowestModes(makeTorus(4, 4)).cols(), Eigen::Index{4});
        QCOMPARE(lowestModes(makeTorus(4, 6)).cols(), Eigen::Index{2});
        const Graph parts = fromEdges(
            7, {{0, 1}, {1, 2}, {3, 4}, {5, 6}});  // three of them: the constant is not among the modes
        const Eigen::MatrixXd modes = lowestModes(parts);
        QCOMPARE(modes.cols(), Eigen::Index{2});
        QVERIFY(modes.colwise().sum().cwiseAbs().maxCoeff() < 1e-12 &&
                (laplacianOf(parts) * modes).norm() < 1e-12);
    }
    void someNodesOnly() {
        const Graph part = makeGrid(3, 3).induced({0, 1, 4, 8});
        QCOMPARE(part.nodes, 4);
        QVERIFY((part.edges == std::vector<Edge>{{0, 1}, {1, 2}}));
        QCOMPARE(part.components().second, 2);
        QCOMPARE(part.position[3][0], 2.0);
    }
    /// Edited edges stand for the graph's; the nodes stay where they are.
    void edgesAreEdited() {
        const Graph square = makeGrid(2, 2);
        const Graph less = withEdges(square, {{2, 0}, {1, 3}, {2, 3}});
        QVERIFY((less.edges == std::vector<Edge>{{0, 2}, {1, 3}, {2, 3}}));
        QCOMPARE(less.nodes, 4);
        QVERIFY(less.position == square.position);
        // A grid with an edge less lies where it lay; with one across, no place of a node tells its neighbours.
        QVERIFY(less.hasCoordinates);
        QVERIFY(!withEdges(square, {{0, 1}, {0, 2}, {1, 3}, {2, 3}, {0, 3}}).hasCoordinates);
        QVERIFY(less.edgesGone == 1 && less.edgesAdded == 0);
        const Graph other = withEdges(square, {{0, 3}, {1, 2}, {2, 3}});
        QVERIFY(other.edgesGone == 3 && other.edgesAdded == 2);
        // A node that is left alone is still there.
        QCOMPARE(withEdges(square, {{0, 1}}).degrees(), (std::vector<int>{1, 1, 0, 0}));
        QVERIFY(refusal([&] { withEdges(square, {}); }).contains("No edge"));
        QVERIFY(refusal([&] { withEdges(square, {{0, 4}}); }).contains("0 to 3"));
    }
    void impossibleGraphsAreSaid() {
        QVERIFY(refusal([] { makeRing(2); }).contains("at least 3"));
        QVERIFY(refusal([] { makeRegular(5, 3, 0); }).contains("even"));
        QVERIFY(refusal([] { fromEdges(3, {{0, 3}}); }).contains("0 to 2"));
        QVERIFY(refusal([] { fromEdges(3, {{1, 1}}); }).contains("to itself"));
        QVERIFY(refusal([] { makeErdosRenyi(40, .001, 0); }).contains("ln(n)/n"));
    }
};

QTEST_APPLESS_MAIN(GraphsTest)
#include "graphs_test.moc"
