#include "proxy/admin/weights_body.hpp"

#include "proxy/base/weight.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <optional>

namespace millrace::admin {

namespace {

namespace json = boost::json;

constexpr const char* expected =
    R"(expected is {"weights": {"BACKEND": WEIGHT}, "why": TEXT, "who": TEXT} with integer weights)";

weights_body wrong(std::string error) {
    return {{}, std::move(error)};
}

bool has_known_keys(const json::object& body) {
    return std::all_of(body.begin(), body.end(), [](auto const& member) {
        return member.key() == "weights" ||
               ((member.key() == "why" || member.key() == "who") && member.value().is_string());
    });
}

std::optional<std::uint32_t> weight_of(const json::value& value) {
    constexpr auto most = weight::value_max;
    // An integer is kept as int64 unless it only fits uint64, which is above the limit anyway.
    if (value.is_int64() && value.get_int64() >= 0 && value.get_int64() <= std::int64_t{most}) {
        return static_cast<std::uint32_t>(value.get_int64());
    }
    return std::nullopt;
}

}  // namespace

weights_body parse_weights_body(std::string_view text) {
    boost::system::error_code error;
    json::parse_options options;
    options.max_depth = 4;
    auto const parsed = json::parse({text.data(), text.size()}, error, {}, options);
    if (error) {
        return wrong(fmt::format("the body is not JSON: {}; {}", error.message(), expected));
    }
    if (!parsed.is_object() || !has_known_keys(parsed.get_object())) {
        return wrong(expected);
    }
    auto const* const weights = parsed.get_object().if_contains("weights");
    if (weights == nullptr || !weights->is_object() || weights->get_object().empty()) {
        return wrong(expected);
    }
    weights_body body;
    for (const auto& [backend, value] : weights->get_object()) {
        auto const taken = weight_of(value);
        if (!taken) {
            return wrong(fmt::format(
                "the weight of '{}' is not an integer from 0 to {}",
                std::string_view{backend.data(), backend.size()},
                weight::value_max
            ));
        }
        body.changes.push_back({std::string{backend.data(), backend.size()}, *taken});
    }
    return body;
}

}  // namespace millrace::admin
