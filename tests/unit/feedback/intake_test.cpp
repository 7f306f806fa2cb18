#include "proxy/feedback/intake.hpp"

#include "tests/unit/feedback/some_labels.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>
#include <string>

using namespace millrace::feedback;  // NOLINT(google-build-using-namespace): the subject
using millrace::server::answer_note;
using millrace::server::exchange_id;

namespace {

constexpr std::uint32_t incarnation = 7;

std::string name(reception what) {
    return std::string{name_of(what)};
}

/// A gateway with one worker, route "risk" with v1 and v2, at second 1000.
struct fixture {
    std::int64_t now = 1'000;
    label_ledger ledger{[this] { return now; }};
    millrace::server::label_outlets outlets;
    millrace::server::id_settings ids{{}, millrace::server::id_signer{{{1, {2, 3}}}}, incarnation};
    intake tested{parts()};

    intake::parts parts() {
        outlets.push_back(std::make_unique<millrace::server::label_outlet>());
        return {
            .ledger = ledger,
            .outlets = &outlets,
            .incarnation = incarnation,
            .incarnations = {incarnation},
            .age_max = 100,
            .predictions_max = 10,
            .blocks_max = 4};
    }

    fixture() {
        tested.set_ids(std::make_shared<const millrace::server::id_settings>(ids));
        route_directory routes;
        auto& risk = routes[millrace::routing::name_id_of("risk")];
        risk.name = "risk";
        risk.labels.prediction.header = "x-prediction";
        for (auto const* const version : {"v1", "v2"}) {
            risk.versions[millrace::routing::name_id_of(version)] = version;
        }
        tested.set_routes(std::make_shared<const route_directory>(std::move(routes)));
        ledger.begin("risk", test::epoch_of(5));
    }

    /// An exchange that has ended, or runs still.
    exchange_id answered(std::uint64_t sequence, bool ended = true) {
        outlets[0]->begin(sequence);
        if (ended) {
            outlets[0]->end(sequence);
        }
        return test::exchange(sequence, "v2", static_cast<std::uint32_t>(now), 5);
    }

    [[nodiscard]] std::string text_of(const exchange_id& id) const {
        std::string text(millrace::server::id_signer::text_bytes, '\0');
        ids.signer.write(text.data(), id);
        return text;
    }

    [[nodiscard]] feedback_item item(const exchange_id& id, bool is_right = true) const {
        feedback_item made;
        made.id = text_of(id);
        made.says = right{is_right};
        return made;
    }

    [[nodiscard]] feedback_item truth(const exchange_id& id, boost::json::value value) const {
        auto made = item(id);
        made.says = true_value{std::move(value)};
        return made;
    }

    std::string judge(const feedback_item& item, bool recorded = true) {
        auto made = tested.judge({item}, now);
        tested.settle(made, recorded);
        return name(made.receptions.front());
    }

    void note(const exchange_id& of, answer_note::kind says, const std::string& text) {
        answer_note made;
        made.of = of;
        made.says = says;
        made.bytes = static_cast<std::uint16_t>(text.size());
        std::copy(text.begin(), text.end(), made.chars.begin());
        tested.take_note(made, now);
    }

    millrace::stats::arm_tick candidate_at(std::int64_t when) {
        now = when;
        auto const seen = ledger.read("risk");
        return seen.ticks.empty() ? millrace::stats::arm_tick{} : seen.ticks.front().counts.at(1);
    }
};

}  // namespace

TEST_CASE("each label is told what became of it", "[feedback]") {
    fixture f;
    auto const id = f.answered(0);
    auto forged = f.item(id);
    forged.id[20] = forged.id[20] == 'a' ? 'b' : 'a';
    auto foreign = id;
    foreign.incarnation += 1;
    auto elsewhere = id;
    elsewhere.version += 1;
    auto other_weights = id;
    other_weights.epoch = 4;
    feedback_item broken;
    broken.error = "no";

    CHECK(f.judge(f.item(id)) == "accepted");
    CHECK(f.judge(f.item(id, false)) == "duplicate");
    CHECK(f.judge(f.item(f.answered(1, false))) == "early");
    CHECK(f.judge(forged) == "unknown");
    CHECK(f.judge(f.item(foreign)) == "unknown");
    CHECK(f.judge(f.item(elsewhere)) == "unknown");
    CHECK(f.judge(f.item(other_weights)) == "unknown");
    CHECK(f.judge(broken) == "malformed");
    auto const late = f.answered(2);
    f.now += 80;
    CHECK(f.judge(f.item(late)) == "late");
    CHECK(f.judge(f.item(id)) == "duplicate");

    auto const& counts = f.tested.counted();
    CHECK(counts.received[static_cast<std::size_t>(reception::unknown)] == 4);
    CHECK(counts.received[static_cast<std::size_t>(reception::accepted)] == 1);
    CHECK(counts.versions.begin()->second.backend == "v2");
    CHECK(counts.versions.begin()->second.right == 1);
    CHECK(counts.versions.begin()->second.wrong == 0);
}

TEST_CASE("the first label wins, also within one call", "[feedback]") {
    fixture f;
    auto const id = f.answered(0);

    auto made = f.tested.judge({f.item(id, false), f.item(id, true)}, f.now);
    f.tested.settle(made, true);

    CHECK(made.receptions == std::vector{reception::accepted, reception::duplicate});
    CHECK(f.candidate_at(1'100) == millrace::stats::arm_tick{1, 1});
}

TEST_CASE("what is not recorded does not count, and may come again", "[feedback]") {
    fixture f;
    auto const id = f.answered(0);

    CHECK(f.judge(f.item(id), false) == "failed");
    CHECK(f.tested.counted().versions.empty());
    CHECK(f.judge(f.item(id)) == "accepted");

    CHECK(f.candidate_at(1'100) == millrace::stats::arm_tick{1, 0});
}

TEST_CASE("an exchange that runs is worth a moment's patience", "[feedback]") {
    fixture f;
    CHECK_FALSE(f.tested.any_early({f.item(f.answered(0))}));
    auto const running = f.answered(1, false);
    CHECK(f.tested.any_early({f.item(running)}));
    f.outlets[0]->end(1);
    CHECK_FALSE(f.tested.any_early({f.item(running)}));
    CHECK(f.judge(f.item(running)) == "accepted");
}

TEST_CASE("a true value is compared with what was predicted", "[feedback]") {
    fixture f;
    auto const good = f.answered(0);
    auto const bad = f.answered(1);
    f.note(good, answer_note::kind::prediction, "yes");
    f.note(bad, answer_note::kind::prediction, "no");

    CHECK(f.judge(f.truth(good, "yes")) == "accepted");
    CHECK(f.judge(f.truth(bad, "yes")) == "accepted");
    CHECK(f.judge(f.truth(good, "yes")) == "duplicate");
    CHECK(f.judge(f.truth(f.answered(2), "yes")) == "no_prediction");
    CHECK(f.tested.predictions() == 2);
    CHECK(f.candidate_at(1'100) == millrace::stats::arm_tick{2, 1});
}

TEST_CASE("predictions of another process's exchanges are not taken for these", "[feedback]") {
    fixture f;
    auto const own = f.answered(0);
    f.note(own, answer_note::kind::prediction, "yes");
    f.tested.add_incarnations({incarnation + 1});
    auto other = own;
    other.incarnation += 1;

    CHECK(f.judge(f.truth(other, "yes")) == "no_prediction");
    CHECK(f.judge(f.item(other)) == "accepted");
}

TEST_CASE("answers label themselves, and feedback comes too late then", "[feedback]") {
    fixture f;
    auto const id = f.answered(0);
    f.note(id, answer_note::kind::label, "wrong");
    f.note(f.answered(1), answer_note::kind::label, "perhaps");
    f.note(f.answered(2), answer_note::kind::score, "0.25");

    CHECK(f.judge(f.item(id)) == "duplicate");
    auto const& counts = f.tested.counted();
    CHECK(counts.answers[static_cast<std::size_t>(reception::accepted)] == 2);
    CHECK(counts.answers[static_cast<std::size_t>(reception::malformed)] == 1);
    CHECK(counts.versions.begin()->second.scores == 1);
    CHECK(counts.versions.begin()->second.score_sum == 0.25);
    CHECK(f.candidate_at(1'100) == millrace::stats::arm_tick{1, 1});
}

TEST_CASE("a label and a score of one exchange are two things", "[feedback]") {
    fixture f;
    auto const id = f.answered(0);
    auto scored = f.item(id);
    scored.says = score{0.5};

    CHECK(f.judge(f.item(id)) == "accepted");
    CHECK(f.judge(scored) == "accepted");
    CHECK(f.judge(scored) == "duplicate");
}

TEST_CASE("rows of an earlier process count, and are known", "[feedback]") {
    fixture f;
    auto const id = f.answered(0);
    auto const made = f.tested.judge({f.item(id, false)}, f.now);
    auto const rows = intake::rows_of(made, f.now);
    REQUIRE(rows.size() == 1);

    fixture later;
    later.tested.take_row(rows[0]);
    later.tested.take_row(rows[0]);
    auto nonsense = rows[0];
    nonsense.kind = 9;
    later.tested.take_row(nonsense);

    (void)later.answered(0);
    CHECK(later.judge(later.item(id)) == "duplicate");
    CHECK(later.candidate_at(1'100) == millrace::stats::arm_tick{1, 1});
}

TEST_CASE("on a route without a rollout labels count until they are too old", "[feedback]") {
    fixture f;
    f.ledger.end("risk", {1});
    auto const id = f.answered(0);
    auto const old = f.answered(1);

    f.now += 100;
    CHECK(f.judge(f.item(id)) == "accepted");
    f.now += 1;
    CHECK(f.judge(f.item(old)) == "late");
}

TEST_CASE("what is too old to be asked for is forgotten", "[feedback]") {
    fixture f;
    auto const id = f.answered(0);
    f.note(id, answer_note::kind::prediction, "yes");
    CHECK(f.judge(f.item(id)) == "accepted");

    f.tested.forget_old(f.now + 101);

    CHECK(f.tested.predictions() == 0);
    CHECK(f.judge(f.item(id)) == "late");
}
