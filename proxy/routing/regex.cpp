#include "proxy/routing/regex.hpp"

#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>

namespace millrace::routing {

namespace {

re2::StringPiece piece_of(std::string_view text) {
    return {text.data(), text.size()};
}

RE2::Options options() {
    RE2::Options made;
    // Paths and fields are bytes of no known encoding; what is not UTF-8 must be matched too.
    made.set_encoding(RE2::Options::EncodingLatin1);
    made.set_log_errors(false);
    return made;
}

}  // namespace

std::optional<regex> regex::compile(std::string_view expression, std::string& error) {
    std::unique_ptr<const RE2, deleter> compiled{new RE2{piece_of(expression), options()}};
    if (!compiled->ok()) {
        error = compiled->error();
        return std::nullopt;
    }
    return regex{std::move(compiled)};
}

bool regex::matches(std::string_view text) const {
    return RE2::FullMatch(piece_of(text), *compiled_);
}

void regex::deleter::operator()(const re2::RE2* owned) const noexcept {
    delete owned;
}

struct regex_set::compiled_set {
    RE2::Set set{options(), RE2::ANCHOR_BOTH};
};

void regex_set::deleter::operator()(const compiled_set* owned) const noexcept {
    delete owned;
}

std::optional<regex_set> regex_set::compile(const std::vector<std::string>& expressions) {
    auto* const made = new compiled_set;
    std::unique_ptr<const compiled_set, deleter> compiled{made};
    for (auto const& each : expressions) {
        if (made->set.Add(each, nullptr) < 0) {
            return std::nullopt;
        }
    }
    if (!made->set.Compile()) {
        return std::nullopt;
    }
    return regex_set{std::move(compiled)};
}

std::optional<std::vector<int>> regex_set::matching(std::string_view text) const {
    std::vector<int> places;
    RE2::Set::ErrorInfo failure{};
    if (!compiled_->set.Match(piece_of(text), &places, &failure) &&
        failure.kind != RE2::Set::kNoError) {
        return std::nullopt;
    }
    std::sort(places.begin(), places.end());
    return places;
}

}  // namespace millrace::routing
