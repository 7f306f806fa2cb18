#include "proxy/base/error.hpp"

#include "proxy/base/result.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace millrace {

namespace {

template <class Visit>
void for_each_code(Visit visit) {
    for (std::size_t i = 0; i < errc_count; ++i) {
        visit(static_cast<errc>(i));
    }
}

}  // namespace

TEST_CASE("every error has its own row, reason and message", "[base]") {
    std::set<std::string_view> reasons;
    for_each_code([&](errc code) {
        auto const& traits = traits_of(code);
        CAPTURE(traits.reason);
        CHECK(traits.code == code);
        CHECK_FALSE(traits.message.empty());
        CHECK(reasons.insert(traits.reason).second);
        CHECK(
            traits.reason.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
            std::string_view::npos
        );
    });
}

TEST_CASE("every error that a user can meet is told in the documentation as it is", "[base]") {
    // These never end an exchange: a stream turns them into what they mean there.
    std::set<std::string_view> const inner{
        "ok", "would_block", "end_of_stream", "connection_reset", "timed_out"};
    std::ifstream file{MILLRACE_SOURCE_DIR "/docs/failures.md"};
    std::string const document{std::istreambuf_iterator<char>{file}, {}};
    constexpr std::array<std::string_view, 4> origins{"none", "downstream", "upstream", "gateway"};

    for_each_code([&](errc code) {
        auto const& traits = traits_of(code);
        auto const status = traits.status == 0 ? "–" : std::to_string(traits.status);
        auto const row = fmt::format(
            "| `{}` | {} | {} | {} |\n",
            traits.reason,
            origins[static_cast<std::size_t>(traits.origin)],
            status,
            traits.message
        );
        CAPTURE(row);
        CHECK((document.find(row) != std::string::npos) == !inner.contains(traits.reason));
    });
}

TEST_CASE("an error is answered with an error status or not at all", "[base]") {
    for_each_code([](errc code) {
        auto const& traits = traits_of(code);
        CAPTURE(traits.reason);
        bool const no_failure = traits.origin == origin::none;
        CHECK((no_failure || traits.status == 0 || (traits.status >= 400 && traits.status <= 599)));
        if (traits.origin == origin::upstream) {
            CHECK(traits.status >= 500);
        }
    });
}

TEST_CASE("only what an upstream never saw may always be sent again", "[base]") {
    for_each_code([](errc code) {
        auto const& traits = traits_of(code);
        CAPTURE(traits.reason);
        if (traits.retry != retry_class::never) {
            CHECK(traits.origin != origin::downstream);
        }
    });
    CHECK(traits_of(errc::upstream_connect_failed).retry == retry_class::always);
    CHECK(traits_of(errc::upstream_closed).retry == retry_class::when_repeatable);
    CHECK(traits_of(errc::upstream_cut).retry == retry_class::never);
}

TEST_CASE("our codes are error codes of our category", "[base]") {
    error_code const error = errc::bad_host;

    CHECK(error);
    CHECK(error.category() == category());
    CHECK(std::string{error.category().name()} == "millrace");
    CHECK(error.message() == traits_of(errc::bad_host).message);
    CHECK(traits_of(error).code == errc::bad_host);
    CHECK_FALSE(error_code{errc::ok});
}

TEST_CASE("a failed system call counts as a lost connection", "[base]") {
    CHECK(system_error(ECONNRESET).value() == ECONNRESET);
    CHECK(traits_of(system_error(EPIPE)).code == errc::connection_reset);
    CHECK(traits_of(error_code{}).code == errc::ok);
}

TEST_CASE("a result is a value or an error", "[base]") {
    result<int> const good{5};
    result<int> const bad{errc::timed_out};

    CHECK(good.value() == 5);
    REQUIRE(bad.has_error());
    CHECK(bad.error() == errc::timed_out);
}

}  // namespace millrace
