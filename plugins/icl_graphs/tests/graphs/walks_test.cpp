// SPDX-License-Identifier: Apache-2.0
// Sequences, words and prompts.
#include <QtTest>
#include <cmath>
#include <set>

#include "graphs/words.hpp"

using namespace icl_graphs;

class WalksTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void stepsAreUniformOverNeighbours() {
        const Graph grid = makeGrid(3, 3);
        const std::vector<Graph> graphs{grid};
        std::vector<double> after(9, 0);
        double from = 0;
        for (std::uint64_t w = 0; w < 40; ++w) {
            const Sequence s = makeSequence(graphs, {.length = 1000}, 7, w);
            for (std::size_t t = 0; t + 1 < s.nodes.size(); ++t) {
                QVERIFY(s.follows[t] && grid.adjacent(s.nodes[t], s.nodes[t + 1]));
                if (s.nodes[t] != 1) continue;
                ++from;
                ++after[static_cast<std::size_t>(s.nodes[t + 1])];
            }
            QVERIFY(!s.follows.back());
        }
        for (const int v : {0, 2, 4})
            QVERIFY(std::abs(after[static_cast<std::size_t>(v)] / from - 1. / 3) <
                    4 * std::sqrt(2. / 9 / from));
        // The stationary distribution of a walk is proportional to the degree: node 1 has 3 of 24.
        QVERIFY(std::abs(from / 40'000 - .125) < .01);
    }
    void startsAreUniformOrGiven() {
        const std::vector<Graph> graphs{makeGrid(4, 4)};
        std::set<int> starts;
        for (std::uint64_t w = 0; w < 200; ++w)
            starts.insert(makeSequence(graphs, {.length = 2}, 1, w).nodes[0]);
        QCOMPARE(starts.size(), std::size_t{16});
        QCOMPARE(makeSequence(graphs, {.length = 2, .start = 11}, 1, 0).nodes[0], 11);
    }
    void pairsAreNeighboursAndNothingElse() {
        const Graph ring = makeRing(10);
        const std::vector<Graph> graphs{ring};
        const Sequence s = makeSequence(graphs, {.reading = Reading::Pairs, .length = 2000}, 3, 0);
        int across = 0;
        for (std::size_t t = 0; t + 1 < s.nodes.size(); ++t) {
            QCOMPARE(s.follows[t], t % 2 == 0);
            if (t % 2 == 0)
                QVERIFY(ring.adjacent(s.nodes[t], s.nodes[t + 1]));
            else
                across += ring.adjacent(s.nodes[t], s.nodes[t + 1]);
        }
        QVERIFY(across > 130 && across < 270);  // 2 of 10 by chance: 200 of 999
    }
    void teleportsAndMixtures() {
        const std::vector<Graph> one{makeRing(12)}, two{makeRing(12), makeGrid(3, 4)};
        const Sequence jumps = makeSequence(one, {.length = 10'000, .teleport = .3}, 5, 0);
        double follows = 0;
        for (const bool f : jumps.follows) follows += f;
        QVERIFY(std::abs(follows / 9999 - .7) < .02);
        const Sequence mixed = makeSequence(two, {.length = 10'000, .switching = .05}, 5, 0);
        double second = 0;
        for (std::size_t t = 1; t < mixed.nodes.size(); ++t) {
            second += mixed.graph[t];
            QVERIFY(
                two[static_cast<std::size_t>(mixed.graph[t])].adjacent(mixed.nodes[t - 1], mixed.nodes[t]));
        }
        QVERIFY(second > 3000 && second < 7000);
        for (std::size_t t = 0; t + 1 < mixed.nodes.size(); ++t)
            QVERIFY(two[mixed.stepsIn(t)].adjacent(mixed.nodes[t], mixed.nodes[t + 1]));
        QVERIFY(makeSequence(two, {.length = 50, .switching = .05}, 5, 9).nodes ==
                makeSequence(two, {.length = 50, .switching = .05}, 5, 9).nodes);
    }
    void aShuffleKeepsCounts() {
        std::vector<int> nodes =
                             makeSequence(std::vector<Graph>{makeGrid(4, 4)}, {.length = 300}, 1, 0).nodes,
                         mixed = shuffled(nodes, 1, 0);
        QVERIFY(mixed != nodes);
        std::sort(nodes.begin(), nodes.end());
        std::sort(mixed.begin(), mixed.end());
        QVERIFY(mixed == nodes);
    }
    void placements() {
        const auto grid = wordList("grid16");
        QCOMPARE(grid[0], std::string("apple"));
        QCOMPARE(grid[15], std::string("phone"));
        QVERIFY(placed(grid, 16, Placement::Listed, 0) == grid);
        QVERIFY(placed(wordList("objects"), 16, Placement::Random, 1) !=
                placed(wordList("objects"), 16, Placement::Random, 2));
        QVERIFY(isAffine({0, 3, 6, 2, 5, 1, 4}));  // Mon, Thu, Sun, …: a harmonic of the calendar
        QVERIFY(isAffine({0, 6, 5, 4, 3, 2, 1}));
        QVERIFY(!isAffine({0, 2, 1, 3, 4, 5, 6}));
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            const auto days = placed(wordList("days"), 7, Placement::NonAffine, seed),
                       listed = wordList("days");
            std::vector<std::uint32_t> order;
            for (const auto& day : days)
                order.push_back(static_cast<std::uint32_t>(std::find(listed.begin(), listed.end(), day) -
                                                           listed.begin()));
            QVERIFY(!isAffine(order));
        }
        QVERIFY_EXCEPTION_THROWN(placed(grid, 17, Placement::Random, 0), std::invalid_argument);
        QVERIFY_EXCEPTION_THROWN(placed({"a", "b", "a"}, 3, Placement::Random, 0), std::invalid_argument);
    }
    void prompts() {
        const auto words = wordList("grid16");
        QCOMPARE(promptText(words, {0, 1, 5}), std::string(" apple bird milk"));
        const nlohmann::json json =
            promptJson(std::vector{makeGrid(4, 4)}, words, {{0, 1, 5}, {0, 0, 0}, {true, false, false}});
        QCOMPARE(json.at("node_ids").size(), std::size_t{3});
        QCOMPARE(json.at("follows"), nlohmann::json({true, false, false}));
        QCOMPARE(json.at("text"), nlohmann::json(" apple bird milk"));
        QCOMPARE(json.at("edges").size(), std::size_t{24});
        QVERIFY(!json.contains("token_ids") && !json.contains("edges_second"));
        // With two graphs and tokens: whose turn it is stands with the word that the step goes from.
        std::vector<int> tokens(16);
        for (int i = 0; i < 16; ++i) tokens[static_cast<std::size_t>(i)] = 100 + i;
        const nlohmann::json both = promptJson(std::vector{makeGrid(4, 4), makeRing(16)}, words,
                                               {{0, 1, 2}, {0, 0, 1}, {true, true, false}}, tokens);
        QCOMPARE(both.at("token_ids"), nlohmann::json({100, 101, 102}));
        QCOMPARE(both.at("edges_second").size(), std::size_t{16});
        QCOMPARE(both.at("turn_of"), nlohmann::json({0, 1, 1}));
    }
    void twoGraphsTogether() {
        const Graph all = unionOf(std::vector{makeGrid(2, 2), makeRing(4)});  // 01 02 13 23 and 01 12 23 03
        QVERIFY((all.edges == std::vector<Edge>{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}));
        QVERIFY(unionOf(std::vector{makeRing(5)}).edges == makeRing(5).edges);
    }
};

QTEST_APPLESS_MAIN(WalksTest)
#include "walks_test.moc"
