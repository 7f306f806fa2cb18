#include "proxy/config/secret.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace millrace;
using namespace millrace::config;

namespace {

std::string problem_of(
    const shape_ptr<siphash_key>& shape, const std::string& text, siphash_key& to
) {
    reader in{"f"};
    shape->read(in, *parse_document(text, "f").root, to);
    auto const errors = in.take();
    return errors.empty() ? "" : to_text(errors.front());
}

struct temporary_file {
    explicit temporary_file(const std::string& content)
        : path{std::filesystem::temp_directory_path() / "millrace_secret_test"} {
        std::ofstream{path, std::ios::binary} << content;
    }

    ~temporary_file() { std::filesystem::remove(path); }

    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;

    std::filesystem::path path;
};

}  // namespace

TEST_CASE("a secret comes from the environment", "[config]") {
    setenv("MILLRACE_TEST_SECRET", "0123456789abcdef", 1);
    siphash_key key;

    CHECK(problem_of(secret_from_environment(), "MILLRACE_TEST_SECRET", key).empty());
    CHECK(key == derive_siphash_key("0123456789abcdef"));
}

TEST_CASE("a missing variable is named, a misplaced secret is not", "[config]") {
    siphash_key key;

    CHECK(
        problem_of(secret_from_environment(), "MILLRACE_TEST_NOT_SET", key) ==
        "f:1:1: expected a variable of the environment, got 'MILLRACE_TEST_NOT_SET', which is not "
        "set"
    );
    CHECK(
        problem_of(secret_from_environment(), "my-very-secret-value", key) ==
        "f:1:1: expected the name of an environment variable"
    );
}

TEST_CASE("a short secret is refused by its length only", "[config]") {
    setenv("MILLRACE_TEST_SHORT", "hunter2", 1);
    siphash_key key;

    CHECK(
        problem_of(secret_from_environment(), "MILLRACE_TEST_SHORT", key) ==
        "f:1:1: expected a secret of at least 16 bytes, got 7"
    );
}

TEST_CASE("a secret comes from a file, without the line feed at its end", "[config]") {
    temporary_file const file{"0123456789abcdef\n"};
    siphash_key key;

    CHECK(problem_of(secret_from_file(), file.path.string(), key).empty());
    CHECK(key == derive_siphash_key("0123456789abcdef"));
}

TEST_CASE("what is no small file is refused", "[config]") {
    temporary_file const file{std::string(4'097, 'x')};
    siphash_key key;

    for (auto const& path :
         {file.path.string(),
          std::string{"/nonexistent"},
          std::string{"/tmp"},
          std::string{"/dev/zero"}}) {
        CHECK(
            problem_of(secret_from_file(), path, key) ==
            "f:1:1: expected a readable file of at most 4096 bytes, got '" + path + "'"
        );
    }
}

TEST_CASE("the default key never changes", "[config]") {
    CHECK(default_affinity_key() == derive_siphash_key("millrace affinity, version 1"));
}

TEST_CASE("a secret may be wanted as it is", "[config]") {
    setenv("MILLRACE_TEST_SECRET", "0123456789abcdef", 1);
    std::string text;
    reader in{"f"};
    secret_text_from_environment()->read(
        in, *parse_document("MILLRACE_TEST_SECRET", "f").root, text
    );
    CHECK(text == "0123456789abcdef");

    temporary_file const file{"fedcba9876543210\n"};
    secret_text_from_file()->read(in, *parse_document(file.path.string(), "f").root, text);
    CHECK(text == "fedcba9876543210");
    CHECK(in.take().empty());
    CHECK(secret_text_from_file()->write(text).is_null());
}
