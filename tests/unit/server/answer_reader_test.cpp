#include "proxy/server/answer_reader.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace millrace::server;  // NOLINT(google-build-using-namespace): the subject
using kind = answer_note::kind;

namespace {

struct fixture {
    millrace::routing::label_params asked;
    std::unique_ptr<label_outlet> outlet = std::make_unique<label_outlet>();
    millrace::http::response_head head;

    void answer(const std::vector<std::string>& parts) {
        auto const tested = std::make_unique<answer_reader>(asked);
        tested->take_head(head);
        for (auto const& part : parts) {
            tested->take_body(part);
        }
        exchange_id id;
        id.sequence = 9;
        tested->tell(id, *outlet);
    }

    /// "label=x " for each note.
    std::string notes() {
        std::string all;
        for (answer_note note; outlet->pop(note);) {
            CHECK(note.of.sequence == 9);
            all += note.says == kind::label ? "label" : note.says == kind::score ? "score" : "said";
            all += (note.is_json ? ":" : "=") + std::string{note.text()} + " ";
        }
        return all;
    }
};

}  // namespace

TEST_CASE("what a route asks of an answer is noted", "[server]") {
    fixture f;
    f.asked.label.header = "X-Correct";
    f.asked.score.pointer = {"quality", "0"};
    f.asked.prediction.pointer = {"said"};
    f.head.fields = {{"x-other", "1"}, {"x-correct", "true"}, {"x-correct", "false"}};

    f.answer({R"({"said":"y)", R"(es","quali)", R"(ty":[0.5]})"});

    CHECK(f.notes() == "label=true score:0.5 said:\"yes\" ");
    CHECK(f.outlet->notes_missing() == 0);
}

TEST_CASE("what is not there is counted as missing", "[server]") {
    fixture f;
    f.asked.label.header = "x-correct";
    f.asked.score.pointer = {"quality"};

    f.answer({"<html>"});
    f.head.fields = {{"x-correct", ""}};
    f.answer({});

    CHECK(f.notes().empty());
    CHECK(f.outlet->notes_missing() == 4);
}

TEST_CASE("a field that is too long is no label", "[server]") {
    fixture f;
    f.asked.prediction.header = "x-said";
    std::string const longest(answer_note{}.chars.size(), 'v');
    f.head.fields = {{"x-said", longest}};
    f.answer({});
    CHECK(f.notes() == "said=" + longest + " ");

    std::string const longer = longest + "v";
    f.head.fields = {{"x-said", longer}};
    f.answer({});
    CHECK(f.notes().empty());
    CHECK(f.outlet->notes_missing() == 1);
}

TEST_CASE("only so much of a body is looked at", "[server]") {
    fixture f;
    f.asked.label.pointer = {"a"};
    f.asked.label.bytes_max = 6;
    f.answer({R"({"b":1,"a":1})"});
    CHECK(f.notes().empty());
    f.answer({R"({"a":1,"b":1})"});
    CHECK(f.notes().empty());  // the value's end is beyond

    f.asked.label.bytes_max = 7;
    f.answer({R"({"a":1,"b":1})"});
    CHECK(f.notes() == "label:1 ");
}
