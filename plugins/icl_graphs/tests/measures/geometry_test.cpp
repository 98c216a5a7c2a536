// SPDX-License-Identifier: Apache-2.0
// Class means, energies, principal components, alignment; and theorem 5.1 of arXiv 2501.00070, checked numerically.
#include <Eigen/Eigenvalues>
#include <Eigen/SVD>
#include <QtTest>
#include <cmath>
#include <latent/learn/random.hpp>

#include "graphs/spectrum.hpp"
#include "measures/class_means.hpp"
#include "measures/geometry.hpp"
#include "measures/gram_geometry.hpp"

using namespace icl_graphs;

namespace {

Eigen::MatrixXd normals(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
    latent::learn::RandomStream random(seed, "test/normals");
    Eigen::MatrixXd m(rows, columns);
    for (Eigen::Index i = 0; i < rows; ++i)
        for (Eigen::Index j = 0; j < columns; ++j) m(i, j) = random.normal();
    return m;
}
Eigen::MatrixXd orthonormal(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
    const Eigen::JacobiSVD<Eigen::MatrixXd> svd(normals(rows, columns, seed), Eigen::ComputeThinU);
    return svd.matrixU();
}
bool isNear(double a, double b, double tolerance = 1e-10) {
    return std::abs(a - b) <= tolerance * std::max(1., std::abs(b));
}

}  // namespace

class GeometryTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void unseenNodesAreMasked() {
        ClassSums sums(4, 2);
        const std::vector<float> a{1, 2}, b{3, 6};
        sums.add(2, a);
        sums.add(2, b);
        sums.add(0, b);
        sums.add(-1, a);
        const ClassMeans means = sums.means();
        QVERIFY((means.seen == std::vector<int>{0, 2}));
        QCOMPARE(means.of.rows(), Eigen::Index{2});
        QCOMPARE(means.of(1, 1), 4.0);
    }
    void energiesAgreeWithTraces() {
        for (const Graph& graph : {makeGrid(4, 4), makeRing(10), makeHoneycomb(3, 3)}) {
            const Eigen::MatrixXd x = normals(graph.nodes, 7, 3), c = x.rowwise() - x.colwise().mean(),
                                  l = laplacianOf(graph);
            const Energy e = energyOf(x, graph);
            QVERIFY(isNear(e.raw, 2 * (x.transpose() * l * x).trace()));
            QVERIFY(isNear(e.perEdge, e.raw / 2 / static_cast<double>(graph.edges.size())));
            QVERIFY(isNear(e.rayleigh, (c.transpose() * l * c).trace() / c.squaredNorm()));
            // Free of scale and shift; z-scored columns have Σ z² = n, so the standardised energy is 2n times their Rayleigh quotient.
            QVERIFY(isNear(energyOf(5 * x.array() + 3, graph).rayleigh, e.rayleigh));
            QVERIFY(isNear(energyOf(5 * x.array() + 3, graph).standardised, e.standardised));
            Eigen::MatrixXd z = c;
            for (Eigen::Index d = 0; d < z.cols(); ++d)
                z.col(d) *= std::sqrt(static_cast<double>(z.rows())) / z.col(d).norm();
            QVERIFY(isNear(e.standardised, 2 * graph.nodes * energyOf(z, graph).rayleigh));
        }
        // Eigenvectors reach the lines exactly.
        const Graph grid = makeGrid(4, 4);
        const Spectrum s = spectrumOf(grid);
        for (const int k : {1, 7, 15})
            QVERIFY(isNear(energyOf(s.vectors.col(k), grid).rayleigh, s.values(k)));
        // Isotropic points have tr(L)/(n−1) on average.
        QVERIFY(isNear(energyOf(normals(16, 200'000, 1), grid).rayleigh, 3.2, 3e-3));
    }
    void componentsAreThoseOfTheCovariance() {
        const Eigen::MatrixXd x = normals(9, 30, 5);
        const Pca pca = pcaOf(x, 8);
        const Eigen::MatrixXd c = x.rowwise() - x.colwise().mean();
        const Eigen::JacobiSVD<Eigen::MatrixXd> svd(c, Eigen::ComputeThinU | Eigen::ComputeThinV);
        for (int k = 0; k < 8; ++k) {
            QVERIFY(isNear(pca.projection.col(k).norm(), svd.singularValues()(k)));
            QVERIFY(isNear(std::abs(pca.directions.row(k).dot(svd.matrixV().col(k))), 1));
            QVERIFY(isNear(pca.explained(k), std::pow(svd.singularValues()(k), 2) / c.squaredNorm()));
        }
        QVERIFY(isNear(pca.explained.sum(), 1));
        QCOMPARE(pcaOf(x.topRows(2), 4).explained(1), 0.0);  // two points have one component
    }
    void subspacesNotVectorsAreCompared() {
        // On a square grid λ₂ = λ₃: any turn of the pair is as good, and must be seen as such.
        const Graph grid = makeGrid(4, 4);
        const Eigen::MatrixXd plane = spectrumOf(grid).vectors.middleCols(1, 2);
        const double a = .7;
        Eigen::Matrix2d turn;
        turn << std::cos(a), -std::sin(a), std::sin(a), std::cos(a);
        const auto same = subspaceCosines(plane * turn * 3, plane);
        QVERIFY(isNear(same[0], 1) && isNear(same[1], 1));
        const auto other = subspaceCosines(spectrumOf(grid).vectors.middleCols(3, 2), plane);
        QVERIFY(other[0] < 1e-10);
        Eigen::MatrixXd half(16, 2);
        half << plane.col(0), std::cos(.4) * plane.col(1) + std::sin(.4) * spectrumOf(grid).vectors.col(5);
        QVERIFY(isNear(subspaceCosines(half, plane)[1], std::cos(.4)));
    }
    /// Four eigenvectors of a square torus share one value: any two of them are a map of it, and a component that does not exist is none.
    void planesThatAreNotDeterminedAreNotInvented() {
        const Graph torus = makeTorus(4, 4);
        const Eigen::MatrixXd modes = spectrumOf(torus).vectors.middleCols(1, 4);
        for (int k = 0; k < 4; ++k)
            for (int l = k + 1; l < 4; ++l) {
                Eigen::MatrixXd map(16, 2);
                map << 2 * modes.col(k), modes.col(l);
                QVERIFY(isNear(geometryOf(map, torus).alignment[1], 1, 1e-8));
            }
        const Eigen::MatrixXd four = normals(4, 20, 1);  // three components
        const Geometry none = geometryOf(four, makeRing(4), {.components = 4, .first = 0, .second = 3});
        QVERIFY(std::isnan(none.alignment[0]) && std::isnan(none.alignment[1]));
        QVERIFY(std::isfinite(
            geometryOf(four, makeRing(4), {.components = 4, .first = 0, .second = 2}).alignment[1]));
    }
    void innerProductsAreEnough() {
        for (const Graph& graph : {makeGrid(4, 4), makeRing(7), makeHoneycomb(1, 2)}) {
            const Eigen::MatrixXd x = (normals(graph.nodes, 40, 4).array() + 3).matrix();
            for (const auto& [first, second] : {std::pair{0, 1}, {2, 4}}) {
                const Geometry direct =
                    geometryOf(x, graph, {.components = 5, .first = first, .second = second});
                const GramGeometry g = measureGram(x * x.transpose(), graph, lowestModes(graph),
                                                   {.components = 5, .first = first, .second = second});
                QVERIFY(isNear(g.energy, direct.energy.raw) && isNear(g.rayleigh, direct.energy.rayleigh) &&
                        isNear(g.alignment, direct.alignment[1], 1e-8) &&
                        isNear(g.gridR2, direct.gridR2, 1e-8) &&
                        isNear(g.explained, direct.pca.explained(0), 1e-8));
            }
        }
        const Eigen::MatrixXd x = normals(5, 3, 1);
        Eigen::MatrixXd w(2, 5);
        w << .5, 0, .5, 0, 0, 0, .25, 0, .75, 0;
        QVERIFY((mixedGram({{{0, .5}, {2, .5}}, {{1, .25}, {3, .75}}}, x * x.transpose()) -
                 w * x * (w * x).transpose())
                    .norm() < 1e-12);
    }
    void procrustesForgivesSimilaritiesOnly() {
        const Eigen::MatrixXd x = normals(12, 2, 2);
        Eigen::Matrix2d mirror;
        mirror << 0, 2, 2, 0;
        QVERIFY(isNear(procrustesR2((x * mirror).array() + 4, x), 1));
        Eigen::MatrixXd stretched = x;
        stretched.col(0) *= 5;
        QVERIFY(procrustesR2(stretched, x) < .9);
        QVERIFY(procrustesR2(normals(400, 2, 3), normals(400, 2, 4)) < .05);
    }
    /// H of given singular values, centred, has the least energy when its principal components are the Laplacian eigenvectors in order.
    void theorem() {
        const Graph grid = makeGrid(4, 5);  // λ₂ < λ₃: the components themselves are determined
        const Spectrum s = spectrumOf(grid);
        const Eigen::Vector4d singular(4, 3, 2, 1);
        const auto energyWith = [&](const Eigen::MatrixXd& u) {
            return energyOf(u * singular.asDiagonal() * orthonormal(10, 4, 8).transpose(), grid).raw;
        };
        const Eigen::MatrixXd best = s.vectors.middleCols(1, 4);
        double bound = 0;
        for (int k = 0; k < 4; ++k) bound += 2 * singular(k) * singular(k) * s.values(k + 1);
        QVERIFY(isNear(energyWith(best), bound));
        // Descend from random starts over centred orthonormal U: the minimum is the bound, and its plane that of z⁽²⁾, z⁽³⁾.
        const Eigen::MatrixXd centre = Eigen::MatrixXd::Identity(20, 20) -
                                       Eigen::MatrixXd::Constant(20, 20, 1. / 20),
                              l = laplacianOf(grid);
        for (std::uint64_t seed = 0; seed < 5; ++seed) {
            Eigen::MatrixXd u = orthonormal(20, 4, seed);
            QVERIFY(energyWith(centre * u) > bound);
            for (int step = 0; step < 4000; ++step) {
                u = centre * (u - .02 * l * u * (singular.array().square()).matrix().asDiagonal() / 4);
                const Eigen::JacobiSVD<Eigen::MatrixXd> svd(u, Eigen::ComputeThinU | Eigen::ComputeThinV);
                u = svd.matrixU() * svd.matrixV().transpose();
            }
            QVERIFY(isNear(energyWith(u), bound, 1e-6));
            const Geometry g =
                geometryOf(u * singular.asDiagonal() * orthonormal(10, 4, 9).transpose(), grid);
            QVERIFY(g.alignment[1] > 1 - 1e-6);
            for (int k = 0; k < 2; ++k)
                QVERIFY(std::abs(g.pca.projection.col(k).normalized().dot(s.vectors.col(k + 1))) > 1 - 1e-6);
        }
    }
};

QTEST_APPLESS_MAIN(GeometryTest)
#include "geometry_test.moc"
