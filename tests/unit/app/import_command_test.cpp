#include "proxy/app/commands.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

using namespace millrace::app;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

/// A file of this process's own.
struct experiment_file {
    std::string path =
        std::filesystem::temp_directory_path() / ("millrace-import-" + std::to_string(::getpid()));

    explicit experiment_file(const std::string& text) { std::ofstream{path} << text; }

    ~experiment_file() { std::filesystem::remove(path); }
};

int run(const std::vector<std::string_view>& given) {
    return run_command(given);
}

constexpr const char* experiment =
    "apiVersion: iter8.tools/v2alpha2\nkind: Experiment\n"
    "spec: {strategy: {testingPattern: Conformance}, versionInfo: {baseline: {name: a}}}\n";

}  // namespace

TEST_CASE("import needs a kind of document and files", "[app][iter8]") {
    CHECK(run({"import"}) == exit_bad_arguments);
    CHECK(run({"import", "iter8"}) == exit_bad_arguments);
    CHECK(run({"import", "flagger", "x"}) == exit_bad_arguments);
    CHECK(run({"import", "--help"}) == exit_ok);
}

TEST_CASE("import takes one experiment", "[app][iter8]") {
    experiment_file const one{experiment};
    CHECK(run({"import", "iter8", one.path}) == exit_ok);
    CHECK(run({"import", "iter8", one.path, one.path}) == exit_bad_config);
    CHECK(run({"import", "iter8", "/nonexistent"}) == exit_bad_config);

    experiment_file const none{"kind: Service\n"};
    CHECK(run({"import", "iter8", none.path}) == exit_bad_config);
}
