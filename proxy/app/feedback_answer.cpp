#include "proxy/app/feedback_answer.hpp"

#include "proxy/base/ascii.hpp"
#include "proxy/base/log.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>

namespace millrace::app {

namespace {

unsigned status_of(feedback_refusal why) {
    switch (why) {
        case feedback_refusal::none:
            return 200;
        case feedback_refusal::unauthorized:
            return 401;
        case feedback_refusal::unsupported_media_type:
            return 415;
        case feedback_refusal::bad_body:
            return 400;
        case feedback_refusal::too_many_labels:
            return 429;
    }
    return 500;
}

}  // namespace

std::string_view name_of(feedback_refusal of) noexcept {
    switch (of) {
        case feedback_refusal::none:
            return "none";
        case feedback_refusal::unauthorized:
            return "unauthorized";
        case feedback_refusal::unsupported_media_type:
            return "unsupported_media_type";
        case feedback_refusal::bad_body:
            return "bad_body";
        case feedback_refusal::too_many_labels:
            return "too_many_labels";
    }
    return {};
}

admin::answer refusal_answer(feedback_refusal why, std::string_view detail) {
    auto made = admin::error_answer(status_of(why), name_of(why), detail);
    made.challenge = why == feedback_refusal::unauthorized;
    made.retry_after = why == feedback_refusal::too_many_labels ? 1 : 0;
    return made;
}

bool is_authorized(const admin::request& asked, siphash_key token) {
    constexpr std::string_view scheme = "Bearer ";
    if (asked.authorizations.size() != 1) {
        return false;
    }
    std::string_view const given = asked.authorizations.front();
    if (!ascii::iequals(given.substr(0, scheme.size()), scheme)) {
        return false;
    }
    // Two words of 128 bits, whatever was sent: how long it takes tells nothing.
    auto const key = derive_siphash_key(ascii::trimmed(given.substr(scheme.size())));
    std::uint64_t const difference = (key.k0 ^ token.k0) | (key.k1 ^ token.k1);
    return difference == 0;
}

feedback_format format_of(std::string_view content_type) {
    auto const type = ascii::trimmed(content_type.substr(0, content_type.find(';')));
    if (ascii::iequals(type, "application/json")) {
        return feedback_format::json;
    }
    bool const lines =
        ascii::iequals(type, "application/x-ndjson") || ascii::iequals(type, "application/jsonl");
    return lines ? feedback_format::lines : feedback_format::unsupported;
}

admin::answer feedback_answer(const feedback::judged& found) {
    std::array<std::size_t, feedback::receptions> counts{};
    for (auto const what : found.receptions) {
        ++counts[static_cast<std::size_t>(what)];
    }
    std::string body = "{\"counts\":{";
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] != 0) {
            auto const name = feedback::name_of(static_cast<feedback::reception>(i));
            fmt::format_to(
                std::back_inserter(body),
                "{}\"{}\":{}",
                body.back() == '{' ? "" : ",",
                name,
                counts[i]
            );
        }
    }
    body += "},\"results\":[";
    for (std::size_t i = 0; i < found.receptions.size(); ++i) {
        body += i == 0 ? "{\"result\":\"" : ",{\"result\":\"";
        body += feedback::name_of(found.receptions[i]);
        if (!found.details[i].empty()) {
            body += "\",\"detail\":\"";
            log::append_json_escaped(body, found.details[i]);
        }
        body += "\"}";
    }
    body += "]}\n";
    admin::answer made;
    made.body = std::move(body);
    if (counts[static_cast<std::size_t>(feedback::reception::failed)] != 0) {
        made.status = 503;
        made.retry_after = 1;
    }
    return made;
}

}  // namespace millrace::app
