// SPDX-License-Identifier: GPL-3.0-or-later
// A figure of words takes a line of the board, not the room of a picture, and leaves no hole between pictures.
#include <QApplication>
#include <QTest>

#include "desktop/board/figure_board.hpp"
#include "desktop/live/figure_source.hpp"
#include "desktop/theme/theme.hpp"
#include "engine/figures/figure_helpers.hpp"

using namespace latent::desktop;
using namespace latent::engine::figures;
using nlohmann::json;
namespace view = latent::view;

namespace {

ArraySet numbers() {
    ArraySet set;
    put(set, "loss", {"time"}, {20}, counting(20));
    return set;
}

json words(const char* name, const std::string& text) { return view::text(name).words(text).toJson(); }
json lines(const char* name) { return view::lines(name).series(view::series("loss")).toJson(); }

struct Shown {
    explicit Shown(std::vector<json> views) : board(source) {
        source.setData(numbers(), std::move(views), std::chrono::steady_clock::now());
        board.resize(900, 700);
        board.show();
    }
    QRect place(const char* name) const { return board.card(QLatin1String(name))->geometry(); }
    bool drawn(const char* name) const { return board.card(QLatin1String(name))->canvas(); }
    FigureSource source;
    FigureBoard board;
};

}  // namespace

class TestWords : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase() { ThemeManager::instance().install(*qApp); }

    void wordsTakeALine() {
        Shown shown(std::vector<json>{words("note", "One sentence about the model."), lines("first"),
                                      lines("second")});
        QTRY_VERIFY(shown.drawn("note") && shown.drawn("second"));
        QTRY_VERIFY(shown.place("note").height() < shown.place("first").height() / 2);
        QCOMPARE(shown.place("first").top(), shown.place("second").top());  // still two columns
        QCOMPARE(shown.place("note").width(),
                 shown.place("second").right() - shown.place("first").left() + 1);
        const FigureCanvas* canvas = shown.board.card(QStringLiteral("note"))->canvas();
        QVERIFY2(canvas->height() >= canvas->heightForWidth(canvas->width()), "The sentence is cut.");
    }

    void longWordsScroll() {
        std::string text;
        for (int i = 0; i < 100; ++i) text += "A sentence that follows many others. ";
        Shown shown(std::vector<json>{words("note", text)});
        QTRY_VERIFY(shown.drawn("note"));
        QTRY_VERIFY(shown.place("note").height() > 100);
        QVERIFY(shown.place("note").height() < 400);
    }

    void noHoleInARow() {
        Shown shown(std::vector<json>{lines("first"), words("note", "One sentence."), lines("second")});
        QTRY_VERIFY(shown.drawn("note") && shown.drawn("second"));
        QTRY_COMPARE(shown.place("note").height(), shown.place("first").height());
        QCOMPARE(shown.place("note").top(), shown.place("first").top());
    }

    void aloneItFillsThePage() {
        Shown shown(std::vector<json>{words("note", "One sentence."), lines("first")});
        QTRY_VERIFY(shown.drawn("note"));
        shown.board.setViewState({{QStringLiteral("maximised"), QStringLiteral("note")}});
        QTRY_VERIFY(shown.place("note").height() > 500);
        QTest::keyClick(&shown.board, Qt::Key_Escape);
        QTRY_VERIFY(shown.place("note").height() < 200);
    }
};

QTEST_MAIN(TestWords)
#include "test_words.moc"
