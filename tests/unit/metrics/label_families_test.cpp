#include "proxy/metrics/exposition.hpp"
#include "proxy/metrics/label_totals.hpp"
#include "proxy/metrics/registry.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace millrace::metrics;  // NOLINT(google-build-using-namespace): the subject

namespace {

label_totals some_totals() {
    label_totals made;
    made.received = {{"accepted", 5}, {"late", 2}};
    made.answers = {{"accepted", 3}};
    made.refused = {{"unauthorized", 1}};
    made.versions = {{"risk", "v2", 4, 1, 2, 0.75}};
    made.predictions = 7;
    made.predictions_dropped = 8;
    made.notes_dropped = 9;
    made.notes_missing = 10;
    made.scores_dropped = 11;
    made.groups = 12;
    return made;
}

}  // namespace

TEST_CASE("labels are shown when somebody counts them", "[metrics]") {
    registry tested;
    CHECK(text_exposition(tested, {}).find("label") == std::string::npos);

    tested.set_label_source(some_totals);
    auto const text = text_exposition(tested, {});

    for (auto const* const line :
         {"millrace_feedback_labels_total{result=\"accepted\"} 5",
          "millrace_feedback_labels_total{result=\"late\"} 2",
          "millrace_answer_labels_total{result=\"accepted\"} 3",
          "millrace_feedback_refused_total{reason=\"unauthorized\"} 1",
          "millrace_labels_total{route=\"risk\",version=\"v2\",label=\"right\"} 4",
          "millrace_labels_total{route=\"risk\",version=\"v2\",label=\"wrong\"} 1",
          "millrace_label_scores_total{route=\"risk\",version=\"v2\"} 2",
          "millrace_label_scores_sum{route=\"risk\",version=\"v2\"} 0.75",
          "millrace_predictions_remembered 7",
          "millrace_predictions_dropped_total 8",
          "millrace_answer_notes_dropped_total 9",
          "millrace_answer_notes_missing_total 10",
          "millrace_label_scores_dropped_total 11",
          "millrace_label_commits_total 12"}) {
        CHECK_THAT(text, Catch::Contains(std::string{line} + "\n"));
    }
    tested.set_label_source({});
    CHECK_FALSE(tested.labels());
}
