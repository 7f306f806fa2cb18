#include "proxy/journal/mark_slot.hpp"

#include "proxy/base/siphash.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace millrace::journal {

namespace {

constexpr std::string_view magic = "MILLMARK";
constexpr std::uint32_t format_version = 1;

// Where the fields begin.
constexpr std::size_t version_at = 8;
constexpr std::size_t sequence_at = 16;
constexpr std::size_t rollout_at = 24;
constexpr std::size_t epoch_at = 32;
constexpr std::size_t route_length_at = 36;
constexpr std::size_t candidate_length_at = 40;
constexpr std::size_t names_at = 44;
constexpr std::size_t checksum_at = mark_slot_bytes - 8;
constexpr std::size_t names_bytes_max = checksum_at - names_at;

template <class Number>
void put(mark_slot& slot, std::size_t at, Number number) {
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        slot[at + i] = static_cast<char>(number >> (8 * i) & 0xffU);
    }
}

template <class Number>
Number get(const mark_slot& slot, std::size_t at) {
    Number number = 0;
    for (std::size_t i = sizeof(Number); i-- > 0;) {
        number = number << 8U | static_cast<unsigned char>(slot[at + i]);
    }
    return number;
}

/// Against accidents, not against enemies: the key is no secret.
std::uint64_t checksum_of(const mark_slot& slot) {
    return siphash_2_4({0x6d696c6c72616365, 0x726f6c6c6261636b}, {slot.data(), checksum_at});
}

}  // namespace

std::optional<mark_slot> to_slot(const rollback_mark& mark, std::uint64_t sequence) {
    if (mark.route.size() > names_bytes_max ||
        mark.candidate.size() > names_bytes_max - mark.route.size()) {
        return std::nullopt;
    }
    mark_slot slot{};
    std::copy(magic.begin(), magic.end(), slot.begin());
    put(slot, version_at, format_version);
    put(slot, sequence_at, sequence);
    put(slot, rollout_at, static_cast<std::uint64_t>(mark.rollout.value));
    put(slot, epoch_at, mark.epoch);
    put(slot, route_length_at, static_cast<std::uint32_t>(mark.route.size()));
    put(slot, candidate_length_at, static_cast<std::uint32_t>(mark.candidate.size()));
    auto* const names = slot.data() + names_at;
    std::copy(mark.route.begin(), mark.route.end(), names);
    std::copy(mark.candidate.begin(), mark.candidate.end(), names + mark.route.size());
    put(slot, checksum_at, checksum_of(slot));
    return slot;
}

slot_reading read_slot(const mark_slot& slot) {
    if (std::all_of(slot.begin(), slot.end(), [](char byte) { return byte == 0; })) {
        return {};
    }
    if (get<std::uint64_t>(slot, checksum_at) != checksum_of(slot) ||
        std::string_view(slot.data(), magic.size()) != magic) {
        return {.content = slot_content::torn, .mark = {}};
    }
    if (get<std::uint32_t>(slot, version_at) != format_version) {
        return {.content = slot_content::newer, .mark = {}};
    }
    auto const route_length = get<std::uint32_t>(slot, route_length_at);
    auto const candidate_length = get<std::uint32_t>(slot, candidate_length_at);
    if (route_length > names_bytes_max || candidate_length > names_bytes_max - route_length) {
        return {.content = slot_content::torn, .mark = {}};
    }
    auto const* const names = slot.data() + names_at;
    return {
        .content = slot_content::intact,
        .mark =
            {.route = {names, route_length},
             .rollout = {static_cast<std::int64_t>(get<std::uint64_t>(slot, rollout_at))},
             .candidate = {names + route_length, candidate_length},
             .epoch = get<std::uint32_t>(slot, epoch_at)},
        .sequence = get<std::uint64_t>(slot, sequence_at)};
}

}  // namespace millrace::journal
