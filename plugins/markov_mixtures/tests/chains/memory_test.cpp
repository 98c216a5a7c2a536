// SPDX-License-Identifier: Apache-2.0
// What a control group allows, read from files as the kernel writes them.
#include <QtTest>
#include <fstream>

#include "model/chains/memory.hpp"
#include "model/chains/mixture.hpp"

using namespace markov_mixtures;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kNone = UINT64_MAX;

void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
}

}  // namespace

class MemoryTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    fs::path at(const char* name) const { return fs::path(m_folder.path().toStdString()) / name; }

  private Q_SLOTS:
    void groupsAboveLimitToo() {
        write(at("of2"), "0::/user/job\n");
        write(at("v2/user/job/memory.max"), "3000000\n");
        QCOMPARE(groupMemory(at("of2"), at("v2")), std::uint64_t{3'000'000});
        write(at("v2/user/memory.max"), "2000000\n");
        QCOMPARE(groupMemory(at("of2"), at("v2")), std::uint64_t{2'000'000});
        write(at("v2/user/memory.max"), "max\n");
        QCOMPARE(groupMemory(at("of2"), at("v2")), std::uint64_t{3'000'000});
        write(at("v2/memory.max"), "1000000\n");  // a container sees its own group as the root
        QCOMPARE(groupMemory(at("of2"), at("v2")), std::uint64_t{1'000'000});
    }

    void theFirstVersionHasAnotherName() {
        write(at("of1"), "11:cpu,cpuacct:/a\n4:memory:/a\n");
        write(at("v1/memory/a/memory.limit_in_bytes"), "5000000\n");
        write(at("v1/cpu/a/memory.limit_in_bytes"), "7\n");
        QCOMPARE(groupMemory(at("of1"), at("v1")), std::uint64_t{5'000'000});
    }

    void whatCannotBeReadIsNoLimit() {
        write(at("odd"), "nothing\n0::/../../etc\n");
        QCOMPARE(groupMemory(at("none"), at("v2")), kNone);
        QCOMPARE(groupMemory(at("odd"), at("empty")), kNone);
    }

    void thisMachineHasSome() {
        QVERIFY(availableMemory() > (std::uint64_t{64} << 20) &&
                availableMemory() < (std::uint64_t{1} << 50));
        QCOMPARE(memoryForMixtures(), availableMemory() / 2);
    }

    void fingerprintsTellMixturesApart() {
        MixtureSpec spec;
        spec.generator.states = 3, spec.chains = 4;
        const Mixture mixture = makeMixture(spec);
        Mixture other = mixture;
        QCOMPARE(fingerprintOf(other), fingerprintOf(mixture));
        other.transition[5] = std::nextafter(other.transition[5], 1);
        QVERIFY(fingerprintOf(other) != fingerprintOf(mixture));
        other = mixture;
        std::swap(other.prior[0], other.prior[1]);
        other.prior[0] = std::nextafter(other.prior[0], 1);
        QVERIFY(fingerprintOf(other) != fingerprintOf(mixture));
    }
};

QTEST_APPLESS_MAIN(MemoryTest)
#include "memory_test.moc"
