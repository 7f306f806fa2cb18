#include "proxy/routing/route_state.hpp"

#include <catch2/catch.hpp>

namespace millrace::routing {

namespace {

route_params file_of(std::vector<backend_ref> refs) {
    route_params file;
    file.name = "risk";
    file.backend_refs = std::move(refs);
    return file;
}

std::vector<std::uint32_t> weights_in(const route_state& state) {
    std::vector<std::uint32_t> weights;
    for (auto const& ref : state.refs) {
        weights.push_back(ref.weight.value);
    }
    return weights;
}

std::uint32_t moved_between(const route_state& a, const route_state& b) {
    std::uint32_t moved = 0;
    for (std::uint32_t point = 0; point < traffic_split::units; ++point) {
        auto const at = static_cast<std::uint16_t>(point);
        auto const& old = a.refs[a.split.pick(at)->version].backend;
        moved += old != b.refs[b.split.pick(at)->version].backend ? 1 : 0;
    }
    return moved;
}

}  // namespace

TEST_CASE("a new route starts with the file's weights in epoch 1", "[routing]") {
    auto const state = initial_state(file_of({{"v1", {90}}, {"v2", {10}}}));

    CHECK(state.route == "risk");
    CHECK(state.epoch == 1);
    CHECK(weights_in(state) == std::vector<std::uint32_t>{90, 10});
    CHECK(state.split.masses()[1] == 6554);
}

TEST_CASE("each change of weights is an epoch of its own", "[routing]") {
    auto const state = initial_state(file_of({{"v1", {100}}, {"v2", {0}}}));
    std::vector<weight> const five{{95}, {5}};

    auto const next = with_weights(state, five);

    CHECK(next.epoch == 2);
    CHECK(weights_in(next) == std::vector<std::uint32_t>{95, 5});
    CHECK(moved_between(state, next) == 3277);
    CHECK(with_weights(next, five).epoch == 2);
    CHECK(with_weights(next, std::vector<weight>{{100}, {0}}).epoch == 3);
}

TEST_CASE("testers are others in the next experiment", "[routing]") {
    std::vector<weight> const five{{95}, {5}};
    std::vector<weight> const none{{100}, {0}};
    auto const first = with_weights(initial_state(file_of({{"v1", {100}}, {"v2", {0}}})), five);

    auto const second = with_weights(with_weights(first, none), five);

    CHECK(second.epoch == 4);
    CHECK_FALSE(second.split == first.split);
}

TEST_CASE("weights set at run time survive a reload of the same file", "[routing]") {
    auto const file = file_of({{"v1", {90}}, {"v2", {10}}});
    auto const running = with_weights(initial_state(file), std::vector<weight>{{50}, {50}});

    auto const loaded = reconcile(running, file);

    CHECK_FALSE(loaded.file_won);
    CHECK(loaded.state.epoch == running.epoch);
    CHECK(loaded.state.split == running.split);
    CHECK(weights_in(loaded.state) == std::vector<std::uint32_t>{50, 50});
}

TEST_CASE("a change of the route elsewhere leaves its weights alone", "[routing]") {
    auto file = file_of({{"v1", {90}}, {"v2", {10}}});
    auto const running = with_weights(initial_state(file), std::vector<weight>{{50}, {50}});
    file.match.host = "other.example.com";

    CHECK_FALSE(reconcile(running, file).file_won);
}

TEST_CASE("changed backend_refs win as a new epoch", "[routing]") {
    auto const running = with_weights(
        initial_state(file_of({{"v1", {90}}, {"v2", {10}}})), std::vector<weight>{{50}, {50}}
    );

    auto const loaded = reconcile(running, file_of({{"v1", {80}}, {"v2", {20}}}));

    CHECK(loaded.file_won);
    CHECK(loaded.state.epoch == 3);
    CHECK(weights_in(loaded.state) == std::vector<std::uint32_t>{80, 20});
    CHECK(moved_between(running, loaded.state) == 52429 - 32768);
    CHECK_FALSE(reconcile(loaded.state, file_of({{"v1", {80}}, {"v2", {20}}})).file_won);
}

TEST_CASE("versions keep their units when the file reorders, adds and removes", "[routing]") {
    auto const running = initial_state(file_of({{"v1", {50}}, {"v2", {30}}, {"v3", {20}}}));

    auto const loaded = reconcile(running, file_of({{"v4", {30}}, {"v3", {20}}, {"v1", {50}}}));

    CHECK(loaded.file_won);
    CHECK(moved_between(running, loaded.state) == running.split.masses()[1]);
}

TEST_CASE("a file that catches up with what is running begins no epoch", "[routing]") {
    auto const running = with_weights(
        initial_state(file_of({{"v1", {90}}, {"v2", {10}}})), std::vector<weight>{{50}, {50}}
    );
    auto const file = file_of({{"v1", {50}}, {"v2", {50}}});

    auto const loaded = reconcile(running, file);

    CHECK_FALSE(loaded.file_won);
    CHECK(loaded.state.epoch == running.epoch);
    CHECK(loaded.state.file_refs_hash == hash_of(file.backend_refs));
}

TEST_CASE("lists of refs that differ have different hashes", "[routing]") {
    std::vector<backend_ref> const one{{"a", {1}}, {"b", {2}}};
    std::vector<backend_ref> const swapped{{"b", {2}}, {"a", {1}}};
    std::vector<backend_ref> const joined{{"a=1;1:b", {2}}};

    CHECK(hash_of(one) != hash_of(swapped));
    CHECK(hash_of(one) != hash_of(joined));
    CHECK(hash_of(one) == hash_of(std::vector<backend_ref>{{"a", {1}}, {"b", {2}}}));
}

}  // namespace millrace::routing
