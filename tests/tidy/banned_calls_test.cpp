// Calls and words that a reviewer would send back each time, with what to do instead.
#include "tests/tidy/source_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

using namespace millrace::tidy;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

struct ban {
    std::string_view what;
    std::string pattern;
    std::vector<std::string_view> where;   ///< folders that it holds in; empty: everywhere
    std::vector<std::string_view> except;  ///< files and folders that may, for a reason
    std::string_view instead;
};

bool begins_with_any(std::string_view path, const std::vector<std::string_view>& beginnings) {
    return std::any_of(beginnings.begin(), beginnings.end(), [path](std::string_view beginning) {
        return path.starts_with(beginning);
    });
}

void check(const ban& ban, const source_file& file, const std::string& text) {
    if ((!ban.where.empty() && !begins_with_any(file.path, ban.where)) ||
        begins_with_any(file.path, ban.except)) {
        return;
    }
    const std::regex pattern{ban.pattern};
    for (std::sregex_iterator at{text.begin(), text.end(), pattern}, end; at != end; ++at) {
        FAIL_CHECK(
            place(file, static_cast<std::size_t>(at->position()))
            << ": " << ban.what << "; instead: " << ban.instead
        );
    }
}

const std::vector<ban>& bans_on_code() {
    static const std::vector<ban> bans{
        {"a coroutine that nobody waits for",
         R"(\basio\s*::\s*detached\b)",
         {"proxy/"},
         {"proxy/net/"},
         "spawn through a net::task_group, so that a drain can count, cancel and wait"},
        {"a sleep",
         R"(\b(sleep_for|sleep_until|usleep|nanosleep)\b)",
         {"tests/"},
         {},
         "inject the clock, or wait for the event itself"},
        {"the wall clock",
         R"(\bsystem_clock\b)",
         {"proxy/"},
         {"proxy/base/log."},  // its lines carry the date
         "take the time as an argument, of base/clock.hpp"},
        {"a random device on the path of requests",
         R"(\brandom_device\b)",
         {"proxy/"},
         {"proxy/base/random.", "proxy/app/"},
         "take the generator, or the draw, as an argument"},
    };
    return bans;
}

/// Written in halves, because this file is read too.
const std::vector<ban>& bans_on_text() {
    static const std::vector<ban> bans{
        {"an unfinished thought",
         std::string{R"(\b(FIX)"} + "ME|TO" + R"(DO|XX)" + R"(X)\b)",
         {},
         {},
         "finish it, or open an issue"},
        {"a path of one machine",
         std::string{R"((^|[^A-Za-z0-9_.\-/])/)"} + "work/",
         {},
         {},
         "a path from the project's root"},
    };
    return bans;
}

}  // namespace

TEST_CASE("banned calls are not made", "[tidy]") {
    for (const source_file& file : all_files()) {
        if (!file.is_cpp()) {
            continue;
        }
        const std::string code = code_of(file.text);
        for (const ban& ban : bans_on_code()) {
            check(ban, file, code);
        }
    }
}

TEST_CASE("banned words are not written", "[tidy]") {
    for (const source_file& file : all_files()) {
        for (const ban& ban : bans_on_text()) {
            check(ban, file, file.text);
        }
    }
}
