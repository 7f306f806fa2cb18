#include "proxy/control/unit_archive.hpp"

#include <bit>
#include <cstring>

namespace millrace::control {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are stored as little endian");

// Rises when what is written changes its order or its meaning.
constexpr std::uint32_t layout = 1;

constexpr std::size_t record_bytes = sizeof(std::uint64_t) + 3 * sizeof(std::uint32_t);

template <class Number>
void put(std::string& to, Number value) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    to.append(raw, sizeof value);
}

/// False when there is not enough left.
template <class Number>
bool take(std::string_view& from, Number& value) {
    if (from.size() < sizeof value) {
        return false;
    }
    std::memcpy(&value, from.data(), sizeof value);
    from.remove_prefix(sizeof value);
    return true;
}

bool take_assumed(std::string_view& from, std::vector<std::uint32_t>& all) {
    std::uint32_t count = 0;
    bool whole = take(from, count) && count <= from.size();
    for (std::uint32_t i = 0; whole && i < count; ++i) {
        whole = take(from, all.emplace_back());
    }
    return whole;
}

bool take_record(std::string_view& from, stats::unit_record& to) {
    return take(from, to.hash) && take(from, to.known.begin) && take(from, to.known.end) &&
           take(from, to.epoch);
}

}  // namespace

std::string to_bytes(const unit_changes& from) {
    std::string bytes;
    bytes.reserve(32 + from.records.size() * record_bytes);
    put(bytes, layout);
    put(bytes, from.threshold);
    put(bytes, from.open);
    put(bytes, static_cast<std::uint32_t>(from.assumed.size()));
    for (auto const each : from.assumed) {
        put(bytes, each);
    }
    for (auto const& each : from.records) {
        put(bytes, each.hash);
        put(bytes, each.known.begin);
        put(bytes, each.known.end);
        put(bytes, each.epoch);
    }
    return bytes;
}

std::optional<unit_changes> unit_changes_from_bytes(std::string_view bytes) {
    unit_changes made;
    std::uint32_t version = 0;
    bool whole = take(bytes, version) && version == layout && take(bytes, made.threshold) &&
                 take(bytes, made.open) && take_assumed(bytes, made.assumed);
    while (whole && !bytes.empty()) {
        whole = take_record(bytes, made.records.emplace_back());
    }
    return whole ? std::optional{std::move(made)} : std::nullopt;
}

}  // namespace millrace::control
