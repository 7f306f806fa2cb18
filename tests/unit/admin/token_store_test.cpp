#include "proxy/admin/token_store.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace millrace::admin;
using Catch::Matchers::Contains;

namespace {

constexpr const char* own = "own-0123456789abcdef";
constexpr const char* reader = "reader-0123456789abcdef";

struct fixture {
    temporary_directory directory;
    std::string error;

    fixture() {
        write("own", own);
        write("reader", reader);
    }

    /// As a rotation does it: the new file takes the place of the old one.
    void write(const std::string& name, const std::string& content) const {
        auto const beside = directory / (name + ".new");
        std::ofstream{beside} << content << "\n";
        std::filesystem::permissions(
            beside, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write
        );
        std::filesystem::rename(beside, directory / name);
    }

    token_store open() {
        return token_store::open(
            directory / "own",
            {{.name = "reader", .role = role::read, .token_file = directory / "reader"},
             {.name = "ci", .role = role::operate, .secret = "ci-0123456789abcdef"}},
            error
        );
    }
};

}  // namespace

TEST_CASE_METHOD(fixture, "a token names its owner and role", "[admin][token]") {
    auto store = open();
    REQUIRE(error.empty());

    REQUIRE(store.find(own).value().name == own_token_name);
    REQUIRE(store.find(own).value().role == role::operate);
    REQUIRE(store.find(reader).value().name == "reader");
    REQUIRE(store.find(reader).value().role == role::read);
    REQUIRE(store.find("ci-0123456789abcdef").value().role == role::operate);
    for (auto const* wrong : {"", "own", "own-0123456789abcdeF", "own-0123456789abcdef "}) {
        REQUIRE_FALSE(store.find(wrong));
    }
}

TEST_CASE_METHOD(fixture, "a file that changes is read again", "[admin][token]") {
    auto store = open();

    write("reader", "another-0123456789abcdef");

    REQUIRE_FALSE(store.find(reader));
    REQUIRE(store.find("another-0123456789abcdef").value().name == "reader");
}

TEST_CASE_METHOD(
    fixture, "a file that is gone or wrong opens nothing until it is right", "[admin][token]"
) {
    auto store = open();

    std::filesystem::remove(directory / "reader");
    REQUIRE_FALSE(store.find(reader));
    REQUIRE_FALSE(store.find(""));
    write("reader", "short");
    REQUIRE_FALSE(store.find("short"));
    write("reader", reader);

    REQUIRE(store.find(reader).value().name == "reader");
    REQUIRE(store.find(own));
}

TEST_CASE_METHOD(
    fixture, "a file that cannot be used is told with its token's name", "[admin][token]"
) {
    std::filesystem::permissions(
        directory / "reader",
        std::filesystem::perms::owner_read | std::filesystem::perms::others_read
    );

    auto store = open();

    REQUIRE_THAT(error, Contains("'reader'") && Contains("chmod 600"));
    REQUIRE_FALSE(store.find(own));
}

TEST_CASE("without a token nothing opens", "[admin][token]") {
    auto store = token_store::of("");

    REQUIRE_FALSE(store.find(""));
}
