#include "proxy/feedback/ledger_archive.hpp"

#include "tests/unit/feedback/some_labels.hpp"

#include <catch2/catch.hpp>

using namespace millrace::feedback;  // NOLINT(google-build-using-namespace): the subject
using millrace::control::label_stream;

TEST_CASE("epochs come back as they were, without their labels", "[feedback]") {
    label_epoch_state first;
    first.facts = test::epoch_of(5);
    first.facts.streams.push_back(
        {.outcome = 4,
         .takes = label_stream::feed::scores,
         .age = std::chrono::seconds{10},
         .min = -1,
         .max = 3.5,
         .larger_is_better = false}
    );
    first.version_ids = {millrace::routing::name_id_of("v1"), millrace::routing::name_id_of("v2")};
    first.ended = 1'234;
    first.streams = {{17, {{18, {}}}}, {19, {}}};
    auto second = first;
    second.facts.epoch = 6;
    second.ended.reset();

    auto const back = epochs_from_text(to_text({first, second}));

    REQUIRE(back);
    REQUIRE(back->size() == 2);
    auto const& epoch = back->front();
    CHECK(epoch.facts.rollout == first.facts.rollout);
    CHECK(epoch.facts.epoch == 5);
    CHECK(epoch.facts.versions == first.facts.versions);
    CHECK(epoch.facts.masses == first.facts.masses);
    CHECK(epoch.facts.streams == first.facts.streams);
    CHECK(epoch.version_ids == first.version_ids);
    CHECK(epoch.ended == 1'234);
    CHECK(epoch.streams[0].next == 17);
    CHECK(epoch.streams[0].open.empty());
    CHECK(epoch.streams[1].next == 19);
    CHECK_FALSE(back->back().ended);
}

TEST_CASE("other texts are no epochs", "[feedback]") {
    for (auto const* const text :
         {"", "{}", "[1]", "[{}]", "[{\"rollout\":1,\"epoch\":-1}]", "["}) {
        CAPTURE(text);
        CHECK_FALSE(epochs_from_text(text));
    }
    CHECK(epochs_from_text("[]")->empty());
}
