#include "proxy/routing/route_state.hpp"

#include "proxy/base/assert.hpp"
#include "proxy/base/siphash.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace millrace::routing {

namespace {

// Neither hash is a secret: the keys only keep the two uses apart.
constexpr siphash_key refs_key{0x6d696c6c72616365U, 1};
constexpr siphash_key cut_key{0x6d696c6c72616365U, 2};

std::vector<weight> weights_of(std::span<const backend_ref> refs) {
    std::vector<weight> weights;
    weights.reserve(refs.size());
    for (auto const& ref : refs) {
        weights.push_back(ref.weight);
    }
    return weights;
}

/// Another place for each route and each of its epochs, the same in every replica.
std::uint64_t cut_seed_of(const route_state& state) {
    return siphash_2_4(cut_key, state.route + '\0' + std::to_string(state.epoch));
}

void begin_epoch(route_state& state) {
    MILLRACE_ASSERT(state.epoch < std::numeric_limits<std::uint32_t>::max());
    state.epoch += 1;
}

bool same_refs(std::span<const backend_ref> a, std::span<const backend_ref> b) {
    return std::equal(
        a.begin(),
        a.end(),
        b.begin(),
        b.end(),
        [](const backend_ref& x, const backend_ref& y) {
            return x.backend == y.backend && x.weight == y.weight;
        }
    );
}

std::vector<std::optional<std::uint16_t>> places_of(
    std::span<const backend_ref> old, std::span<const backend_ref> next
) {
    std::vector<std::optional<std::uint16_t>> places;
    places.reserve(old.size());
    for (auto const& ref : old) {
        auto const found = std::find_if(next.begin(), next.end(), [&](const backend_ref& each) {
            return each.backend == ref.backend;
        });
        places.push_back(
            found == next.end() ? std::nullopt
                                : std::optional{static_cast<std::uint16_t>(found - next.begin())}
        );
    }
    return places;
}

}  // namespace

route_state initial_state(const route_params& file) {
    return {
        file.name,
        file.backend_refs,
        1,
        traffic_split{weights_of(file.backend_refs)},
        hash_of(file.backend_refs),
    };
}

route_state with_weights(const route_state& state, std::span<const weight> weights) {
    MILLRACE_ASSERT(weights.size() == state.refs.size());
    route_state next = state;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        next.refs[i].weight = weights[i];
    }
    if (same_refs(next.refs, state.refs)) {
        return next;
    }
    begin_epoch(next);
    next.split = state.split.rebalanced(weights, cut_seed_of(next));
    return next;
}

reconciled_state reconcile(const route_state& running, const route_params& file) {
    route_state next = running;
    next.file_refs_hash = hash_of(file.backend_refs);
    if (next.file_refs_hash == running.file_refs_hash ||
        same_refs(running.refs, file.backend_refs)) {
        return {std::move(next), false};
    }
    next.refs = file.backend_refs;
    begin_epoch(next);
    next.split = running.split.carried_over(
        places_of(running.refs, next.refs), weights_of(next.refs), cut_seed_of(next)
    );
    return {std::move(next), true};
}

std::uint64_t hash_of(std::span<const backend_ref> refs) {
    // Lengths stand before names, so that two lists never make the same text.
    std::string text;
    for (auto const& ref : refs) {
        text += std::to_string(ref.backend.size());
        text += ':';
        text += ref.backend;
        text += '=';
        text += std::to_string(ref.weight.value);
        text += ';';
    }
    return siphash_2_4(refs_key, text);
}

}  // namespace millrace::routing
