#include "proxy/admin/audit.hpp"

#include "proxy/base/log.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <string_view>

namespace millrace::admin {

namespace {

namespace json = boost::json;

constexpr std::size_t text_bytes_max = 1'000;

json::value parsed(std::string_view text) {
    boost::system::error_code error;
    json::parse_options options;
    options.max_depth = 4;
    auto value = json::parse({text.data(), text.size()}, error, {}, options);
    return error ? json::value(nullptr) : value;
}

/// A text member of a body, whatever else is wrong with it.
std::string member(const json::value& body, const char* key) {
    auto const* const object = body.if_object();
    auto const* const value = object != nullptr ? object->if_contains(key) : nullptr;
    if (value == nullptr || !value->is_string()) {
        return {};
    }
    auto const& text = value->get_string();
    return std::string{text.data(), text.size()}.substr(0, text_bytes_max);
}

/// What is reported of an answer that is no success.
std::string outcome_of(const answer& given) {
    if (given.status < 400) {
        return "done";
    }
    auto const reason = member(parsed(given.body), "reason");
    return reason.empty() ? "refused" : reason;
}

json::object object_of(const audit_entry& one) {
    return {
        {"id", one.id},
        {"time", one.time},
        {"who", one.who},
        {"role", one.role},
        {"said", one.said},
        {"why", one.why},
        {"action", one.action},
        {"from", one.from},
        {"status", one.status},
        {"outcome", one.outcome},
    };
}

}  // namespace

std::string name_of(role of) {
    switch (of) {
        case role::read:
            return "read";
        case role::operate:
            return "operate";
    }
    return {};
}

audit_entry audit_of(
    const request& asked, const std::optional<identity>& who, const answer& given
) {
    auto const body = parsed(asked.body);
    return {
        .id = 0,
        .time = log::wall_clock_text(),
        .who = who ? who->name : std::string{},
        .role = who ? name_of(who->role) : std::string{},
        .said = member(body, "who"),
        .why = member(body, "why"),
        .action = (asked.method + " " + asked.target).substr(0, text_bytes_max),
        .from = asked.from,
        .status = given.status,
        .outcome = outcome_of(given)};
}

std::string rendering::audit(const std::vector<audit_entry>& all) {
    json::array list;
    for (auto const& one : all) {
        list.push_back(object_of(one));
    }
    return json::serialize(json::object{{"audit", std::move(list)}}) + "\n";
}

}  // namespace millrace::admin
