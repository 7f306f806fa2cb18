#include "tests/unit/config/load_support.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace millrace::config;
using namespace millrace::config::test;

namespace {

/// A file of this process's own.
struct metric_file {
    std::filesystem::path path = std::filesystem::temp_directory_path() /
                                 ("millrace-metric-" + std::to_string(::getpid()) + ".yaml");

    explicit metric_file(const std::string& text) { std::ofstream{path} << text; }

    ~metric_file() { std::filesystem::remove(path); }

    [[nodiscard]] std::string configuration() const {
        return with_basics("metric_files: ['" + path.string() + "']");
    }
};

std::string document(const std::string& spec) {
    return "apiVersion: iter8.tools/v2alpha2\nkind: Metric\nmetadata: {name: m}\nspec: {" + spec +
           "}\n";
}

}  // namespace

TEST_CASE("Metric documents are taken as they are", "[config]") {
    metric_file const file{document("urlTemplate: 'http://p', jqExpression: .")};

    auto const read = loaded(file.configuration());

    REQUIRE(read.metrics_of_files.size() == 1);
    CHECK(read.metrics_of_files[0].name == "m");
    CHECK(read.metric_secrets_dir == "/run/secrets");
}

TEST_CASE("what is wrong in a metric file is told with its place", "[config]") {
    metric_file const wrong{document("urlTemplate: 'http://p', jqExpression: ., type: Histogram")};
    auto const errors = errors_of(wrong.configuration());
    INFO(errors);
    CHECK(errors.find("f:5:16: metric_files[0]: ") == 0);
    CHECK(errors.find(wrong.path.string() + ":4:") != std::string::npos);
    CHECK(errors.find("spec.type") != std::string::npos);
}

TEST_CASE("metrics that cannot be fetched are refused", "[config]") {
    auto const refused = [](const std::string& spec, std::string_view part) {
        metric_file const file{document(spec)};
        return errors_of(file.configuration()).find(part) != std::string::npos;
    };
    CHECK(refused("mock: [{name: v, level: 1}]", "a mock, which has no values"));
    CHECK(refused("jqExpression: .", "an urlTemplate without http"));
    CHECK(refused("urlTemplate: 'http://p'", "no jqExpression"));
    metric_file const none{"a: b\n"};
    CHECK(errors_of(none.configuration()).find("got none in") != std::string::npos);
    CHECK_FALSE(errors_of(with_basics("metric_files: [/nonexistent]")).empty());
}
