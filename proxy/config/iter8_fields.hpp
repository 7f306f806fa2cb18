#pragma once

#include "proxy/config/reader.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reads parts of foreign documents: what is there must be of the right type, what is not known is
/// passed over. Each reports to `in`, below the key's path.
namespace millrace::config {

/// Calls `with` for the value of a key that is there and is no null.
void for_key(
    reader& in, const node& from, std::string_view key, const std::function<void(const node&)>& with
);

/// The same for each element of a list.
void for_items(
    reader& in, const node& from, std::string_view key, const std::function<void(const node&)>& with
);

/// The same for each entry of a mapping.
void for_members(
    reader& in,
    const node& from,
    std::string_view key,
    const std::function<void(const member&)>& with
);

/// Any scalar, as its text; empty when it is not there.
[[nodiscard]] std::string scalar_of(reader& in, const node& from, std::string_view key);

/// A scalar that must be there and not be empty.
[[nodiscard]] std::string required_scalar_of(reader& in, const node& from, std::string_view key);

/// One of a few names; the place of the name, or nothing.
[[nodiscard]] std::optional<std::size_t> choice_of(
    reader& in, const node& from, std::string_view key, const std::vector<std::string>& names
);

[[nodiscard]] std::optional<bool> boolean_of(reader& in, const node& from, std::string_view key);

/// A Kubernetes quantity, quoted or not.
[[nodiscard]] std::optional<double> number_of(reader& in, const node& from, std::string_view key);

/// A whole number from 1 on.
[[nodiscard]] std::optional<std::uint32_t> count_of(
    reader& in, const node& from, std::string_view key
);

}  // namespace millrace::config
