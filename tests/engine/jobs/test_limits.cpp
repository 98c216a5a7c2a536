// SPDX-License-Identifier: Apache-2.0
// What a job may use where nobody says: most of the machine, or of the group that it runs in.
#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/jobs/limits.hpp"

using namespace latent::engine;
namespace fs = std::filesystem;

class LimitsTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_dir;
    fs::path root() const { return fs::path(m_dir.path().toStdString()); }
    void put(const fs::path& file, const std::string& text) const {
        fs::create_directories((root() / file).parent_path());
        std::ofstream(root() / file) << text;
    }
    double group(const std::string& membership) const {
        put("membership", membership);
        return groupMemory_mb(root() / "membership", root());
    }

  private Q_SLOTS:
    void theSmallestGroupCounts() {
        put("slice/memory.max", "3221225472\n");
        put("slice/job/memory.max", "max\n");
        QCOMPARE(group("0::/slice/job\n"), 3072.0);
        put("slice/job/memory.max", "1073741824\n");
        QCOMPARE(group("0::/slice/job\n"), 1024.0);
    }
    void theFirstVersionToo() {
        put("memory/old/memory.limit_in_bytes", "536870912\n");
        QCOMPARE(group("7:cpu:/old\n4:memory:/old\n"), 512.0);
    }
    void noGroupIsNoLimit() {
        QVERIFY(std::isinf(group("")));
        QVERIFY(std::isinf(group("0::/elsewhere\nnonsense\n")));
        QVERIFY(std::isinf(groupMemory_mb(root() / "absent", root())));
    }
    void requestsWin() {
        QCOMPARE(Limits::of({{"limits", {{"memory_mb", 500}}}}).memory_mb, 500.0);
        const double standard = Limits::of(nlohmann::json::object()).memory_mb;
        QVERIFY(standard > 0 && standard <= 0.8 * groupMemory_mb());
    }
};

QTEST_APPLESS_MAIN(LimitsTest)
#include "test_limits.moc"
