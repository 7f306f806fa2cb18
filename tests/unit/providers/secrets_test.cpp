#include "proxy/providers/secrets.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace millrace::providers;

namespace {

/// A directory of this process's own.
struct scratch {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("millrace-secrets-" + std::to_string(::getpid()));

    scratch() { std::filesystem::create_directories(path); }

    ~scratch() { std::filesystem::remove_all(path); }

    std::string write(const std::string& name, const std::string& content) const {
        std::ofstream{path / name} << content;
        return path / name;
    }
};

}  // namespace

TEST_CASE("a secret comes from its file or variable, read each time", "[providers]") {
    scratch const files;
    metric_params metric;
    metric.secrets = {
        {"token", "", files.write("token", "first\n")}, {"user", "MILLRACE_TEST_SECRET", ""}};
    ::setenv("MILLRACE_TEST_SECRET", "ann", 1);  // NOLINT(concurrency-mt-unsafe)

    CHECK(secret_of(metric, "token") == "first");
    CHECK(secret_of(metric, "user") == "ann");
    files.write("token", "second");
    CHECK(secret_of(metric, "token") == "second");
    ::unsetenv("MILLRACE_TEST_SECRET");  // NOLINT(concurrency-mt-unsafe)
    CHECK_FALSE(secret_of(metric, "user"));
}

TEST_CASE("a directory holds further secrets by their names", "[providers]") {
    scratch const files;
    files.write("apiKey", "k\r\n");
    metric_params metric;
    CHECK_FALSE(secret_of(metric, "apiKey"));

    metric.secret_dir = files.path;
    CHECK(secret_of(metric, "apiKey") == "k");
    CHECK_FALSE(secret_of(metric, "other"));
}

TEST_CASE("what cannot be a secret is none", "[providers]") {
    scratch const files;
    metric_params metric;
    metric.secret_dir = files.path;
    files.write("empty", "");
    files.write("large", std::string(secret_bytes_max + 1, 'x'));
    files.write("fits", std::string(secret_bytes_max, 'x'));
    std::filesystem::create_directory(files.path / "folder");

    CHECK_FALSE(secret_of(metric, "empty"));
    CHECK_FALSE(secret_of(metric, "large"));
    CHECK_FALSE(secret_of(metric, "folder"));
    CHECK(secret_of(metric, "fits")->size() == secret_bytes_max);
}
