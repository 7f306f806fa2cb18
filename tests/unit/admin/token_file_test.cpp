#include "proxy/admin/token_file.hpp"

#include "proxy/base/base64url.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace millrace::admin;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;

namespace {

void write(const std::string& path, const std::string& text, ::mode_t mode) {
    std::ofstream{path} << text;
    REQUIRE(::chmod(path.c_str(), mode) == 0);
}

::mode_t mode_of(const std::string& path) {
    struct ::stat found {};

    REQUIRE(::lstat(path.c_str(), &found) == 0);
    return found.st_mode & 07777;
}

}  // namespace

TEST_CASE("a missing token is made for this user alone", "[admin][token]") {
    temporary_directory const directory;
    auto const path = directory / "made/below/admin.token";
    auto const mask = ::umask(0);

    auto const made = read_or_make_token(path);
    ::umask(mask);

    REQUIRE(made.error.empty());
    REQUIRE(millrace::base64url::decode(made.value).value().size() == 32);
    REQUIRE(mode_of(path) == 0600);
    REQUIRE(mode_of(directory / "made/below") == 0700);
    // Nothing else is left beside it.
    auto const entries = std::filesystem::directory_iterator{directory / "made/below"};
    REQUIRE(std::distance(entries, std::filesystem::directory_iterator{}) == 1);
}

TEST_CASE("a token stays what it was, and two files differ", "[admin][token]") {
    temporary_directory const directory;

    auto const first = read_or_make_token(directory / "one");
    auto const again = read_or_make_token(directory / "one");
    auto const other = read_or_make_token(directory / "two");

    REQUIRE(first.value == again.value);
    REQUIRE(first.value == read_token(directory / "one").value);
    REQUIRE(first.value != other.value);
}

TEST_CASE("a token that others can read is refused", "[admin][token]") {
    temporary_directory const directory;
    auto const path = directory / "token";

    for (::mode_t const mode : {0644U, 0640U, 0604U, 0620U, 0602U}) {
        write(path, "0123456789abcdef\n", mode);
        auto const read = read_or_make_token(path);
        INFO(mode);
        REQUIRE(read.value.empty());
        REQUIRE_THAT(read.error, Contains("chmod 600"));
    }
    write(path, "0123456789abcdef\n", 0400);
    REQUIRE(read_or_make_token(path).value == "0123456789abcdef");
}

TEST_CASE("what is no token is refused", "[admin][token]") {
    temporary_directory const directory;
    auto const path = directory / "token";

    for (auto const* text :
         {"", "\n", "short\n", "0123456789 abcdef\n", "0123456789abcdef\nmore\n"}) {
        write(path, text, 0600);
        INFO(text);
        REQUIRE_THAT(read_or_make_token(path).error, Contains("at least 16"));
    }
    REQUIRE_THAT(read_token(directory / "missing").error, Contains("No such file"));
    std::filesystem::create_directory(directory / "folder");
    ::chmod((directory / "folder").c_str(), 0700);
    REQUIRE_THAT(read_token(directory / "folder").error, Contains("plain file"));
}

TEST_CASE("a default directory that others may write to is refused", "[admin][token]") {
    temporary_directory const directory;
    std::filesystem::create_directory(directory / "millrace");
    ::chmod((directory / "millrace").c_str(), 0777);

    auto const made = read_or_make_token(directory / "millrace/admin-1.token");

    REQUIRE_THAT(made.error, Contains("only this user"));
}

TEST_CASE("a default directory that is a link is refused", "[admin][token]") {
    temporary_directory const directory;
    std::filesystem::create_directory(directory / "elsewhere");
    std::filesystem::create_symlink(directory / "elsewhere", directory / "millrace-0");

    REQUIRE_THAT(
        read_or_make_token(directory / "millrace-0/admin-1.token").error, Contains("only this user")
    );
}

TEST_CASE("the default path follows the runtime directory and the port", "[admin][token]") {
    params params;
    ::setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
    REQUIRE(token_path(params, 9'901) == "/run/user/7/millrace/admin-9901.token");

    params.unix_path = "/var/run/gateway.sock";
    REQUIRE(token_path(params, 0) == "/run/user/7/millrace/admin-gateway.token");

    params.unix_path.clear();
    ::unsetenv("XDG_RUNTIME_DIR");
    REQUIRE(
        token_path(params, 1) == "/tmp/millrace-" + std::to_string(::geteuid()) + "/admin-1.token"
    );

    params.token_file = "/etc/millrace/token";
    REQUIRE(token_path(params, 1) == "/etc/millrace/token");
}
