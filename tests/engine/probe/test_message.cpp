// SPDX-License-Identifier: Apache-2.0
// Messages round trip in pieces of any size, and a stream that breaks a rule costs a sentence and no memory; the latest
// question wins.
#include <sys/resource.h>

#include <QTest>
#include <algorithm>
#include <random>

#include "engine/probe/message.hpp"
#include "engine/probe/question_queue.hpp"

using namespace latent::engine;
using nlohmann::json;

namespace {

/// JSON with its quotes as apostrophes (moc loses its way in raw strings).
std::string quoted(std::string text) {
    std::replace(text.begin(), text.end(), '\'', '"');
    return text;
}

std::string framed(const std::string& header, const std::string& rest = {}) {
    std::string bytes;
    for (int shift = 0; shift < 64; shift += 8)
        bytes.push_back(static_cast<char>((header.size() >> shift) & 0xff));
    return bytes + header + rest;
}

ProbeArray arrayOf(const std::string& name, const std::vector<double>& values) {
    Array array{DType::F64, {values.size()}, {}};
    array.bytes.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double));
    return {name, std::move(array)};
}

/// The sentence of the first error in a stream; empty when there is none.
std::string refusalOf(const std::string& stream, const ProbeLimits& limits = {}) {
    ProbeMessageReader reader(limits);
    std::string_view left = stream;
    while (!left.empty()) {
        const auto message = reader.next(left);
        if (!message) return message.error().message;
    }
    return {};
}

}  // namespace

class TestMessage : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void roundTripInPieces() {
        ProbeMessage first{{{"ask", 1}, {"parameters", {{"mu", {1, 2}}}}},
                           {arrayOf("mask", {1, -2.5, 3}), arrayOf("none", {})}};
        ProbeMessage second{{{"cancel", 1}}, {}};
        const std::string stream = *encodeMessage(first) + *encodeMessage(second);
        for (const std::size_t piece : {std::size_t(1), std::size_t(7), stream.size()}) {
            ProbeMessageReader reader;
            std::vector<ProbeMessage> got;
            for (std::size_t at = 0; at < stream.size(); at += piece) {
                std::string_view bytes = std::string_view(stream).substr(at, piece);
                while (!bytes.empty()) {
                    auto message = reader.next(bytes);
                    QVERIFY2(bool(message), message ? "" : message.error().message.c_str());
                    if (*message) got.push_back(**message);
                }
            }
            QCOMPARE(got.size(), std::size_t(2));
            QVERIFY(got[0].header == json::parse(quoted("{'ask': 1, 'parameters': {'mu': [1, 2]}}")));
            QCOMPARE(got[0].arrays.size(), std::size_t(2));
            QCOMPARE(got[0].arrays[0].data.as<double>()[1], -2.5);
            QCOMPARE(got[0].arrays[1].data.shape, Shape{0});
            QVERIFY(got[1].header == json::parse(quoted("{'cancel': 1}")));
        }
    }

    void hostileStreams_data() {
        QTest::addColumn<QByteArray>("stream");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& stream, const char* says) {
            QTest::newRow(name) << QByteArray::fromStdString(stream) << QString(says);
        };
        const auto listing = [](const std::string& arrays) {
            return framed(quoted("{'ask': 1, 'arrays': ") + arrays + "}");
        };
        row("endless header", std::string(8, '\xff'), "18446744073709551615 bytes");
        row("empty header", std::string(8, '\0'), "header of 0 bytes");
        row("no JSON", framed("hello"), "header of a message");
        row("no object", framed("[1]"), "not a JSON object");
        row("deep", framed(std::string(5000, '[')), "header of a message");
        row("no UTF-8", framed("{\"ask\": \"\xff\xfe\"}"), "UTF-8");
        row("arrays no list", listing("7"), "has to be a list");
        row("huge", listing(quoted("[{'name':'m','dtype':'f64','shape':[9000000],'bytes':72000000}]")),
            "64 MB");
        row("overflow",
            listing(quoted("[{'name':'m','dtype':'f64','shape':[4294967296,4294967296],'bytes':0}]")),
            "number of bytes");
        row("lies", listing(quoted("[{'name':'m','dtype':'f64','shape':[2],'bytes':8}]")), "number of bytes");
        row("negative", listing(quoted("[{'name':'m','dtype':'f64','shape':[-2],'bytes':16}]")), "extent");
        row("type", listing(quoted("[{'name':'m','dtype':'f16','shape':[2],'bytes':4}]")), "element type");
        row("rank",
            listing(
                quoted("[{'name':'m','dtype':'u8','shape':[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],'bytes':1}]")),
            "16 dimensions");
        row("twice",
            listing(quoted("[{'name':'m','dtype':'u8','shape':[1],'bytes':1},{'name':'m','dtype':'u8','shape'"
                           ":[1],'bytes':1}]")),
            "name of another");
        std::string many, together;
        for (int i = 0; i < 300; ++i)
            many += (i ? "," : "[") + (quoted("{'name':'a")) + std::to_string(i) +
                    quoted("','dtype':'u8','shape':[0],'bytes':0}");
        for (int i = 0; i < 5; ++i)
            together += (i ? "," : "[") + (quoted("{'name':'a")) + std::to_string(i) +
                        quoted("','dtype':'u8','shape':[60000000],'bytes':60000000}");
        row("many", listing(many + "]"), "256");
        row("together", listing(together + "]"), "256 MB");
    }
    void hostileStreams() {
        QFETCH(QByteArray, stream);
        QFETCH(QString, says);
        const std::string refusal = refusalOf(stream.toStdString());
        QVERIFY2(QString::fromStdString(refusal).contains(says), refusal.c_str());
    }

    void announcedIsNotAllocated() {
        // 200 promises of 64 MB each: what was announced costs no memory before it arrives.
        rusage before{}, after{};
        getrusage(RUSAGE_SELF, &before);
        std::vector<ProbeMessageReader> readers(200);
        for (ProbeMessageReader& reader : readers) {
            const std::string stream = framed(
                quoted("{'arrays':[{'name':'m','dtype':'u8','shape':[67108864],'bytes':67108864}]}"), "x");
            std::string_view left = stream;
            QVERIFY(bool(reader.next(left)));
        }
        getrusage(RUSAGE_SELF, &after);
        QVERIFY(after.ru_maxrss - before.ru_maxrss < 64 * 1024);
    }

    void brokenStaysBroken() {
        ProbeMessageReader reader;
        std::string stream = framed("[]");
        std::string_view left = stream;
        QVERIFY(!reader.next(left));
        const std::string good = *encodeMessage({{{"ask", 1}}, {}});
        left = good;
        QVERIFY(!reader.next(left));
    }

    void noiseNeverThrows() {
        std::mt19937 random(7);
        const std::string good =
            *encodeMessage({{{"ask", 1}, {"probe", "a/b"}}, {arrayOf("mask", {1, 2, 3, 4})}});
        for (int trial = 0; trial < 20'000; ++trial) {
            std::string stream = good + good;
            for (int hits = 1 + static_cast<int>(random() % 4); hits > 0; --hits)
                stream[random() % stream.size()] = static_cast<char>(random());
            stream.resize(random() % (stream.size() + 1));
            refusalOf(stream);  // any answer but a crash
        }
    }

    void tooMuchIsNotSent() {
        ProbeLimits small{.header = 200, .array = 64, .message = 100, .arrays = 2};
        QVERIFY(bool(encodeMessage({{}, {arrayOf("a", {1, 2, 3})}}, small)));
        QVERIFY(!encodeMessage({{}, {arrayOf("a", std::vector<double>(9))}}, small));
        QVERIFY(!encodeMessage(
            {{}, {arrayOf("a", std::vector<double>(7)), arrayOf("b", std::vector<double>(7))}}, small));
        QVERIFY(!encodeMessage({{{"text", std::string(300, 'x')}}, {}}, small));
    }

    void latestWins() {
        QuestionQueue queue;
        QVERIFY(queue.push({.id = 1, .probe = "a"}).empty());
        QCOMPARE(queue.take()->id, std::uint64_t(1));
        QVERIFY(!queue.unwanted());
        QVERIFY(queue.push({.id = 2, .probe = "b"}).empty());
        QVERIFY(!queue.unwanted());  // another probe
        QVERIFY(queue.push({.id = 3, .probe = "a"}).empty());
        QVERIFY(queue.unwanted());
        QVERIFY(queue.push({.id = 4, .probe = "a"}) == std::vector<std::uint64_t>{3});
        const QuestionEnd end = queue.finish();
        QCOMPARE(end.supersededBy, std::uint64_t(4));
        QCOMPARE(queue.take()->id, std::uint64_t(2));
        QVERIFY(!queue.unwanted());
        QVERIFY(!queue.cancel(2));  // it runs
        QVERIFY(queue.unwanted() && queue.finish().cancelled);
        QVERIFY(queue.cancel(4) && !queue.cancel(4) && queue.idle());
        queue.close();
        QVERIFY(!queue.take());
    }
};

QTEST_APPLESS_MAIN(TestMessage)
#include "test_message.moc"
