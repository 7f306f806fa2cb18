#include "proxy/config/source_text.hpp"

#include "proxy/config/document.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

namespace millrace::config {

TEST_CASE("a file's text is read as it is, a byte beyond the limit at most", "[config]") {
    auto const path =
        (std::filesystem::temp_directory_path() / "millrace_source_text_test").string();
    std::ofstream{path, std::ios::binary} << "a: 1\r\n\xff";
    CHECK(read_source(path).value() == "a: 1\r\n\xff");

    std::ofstream{path} << std::string(document_limits::bytes_max + 100, 'x');
    CHECK(read_source(path)->size() == document_limits::bytes_max + 1);
    std::filesystem::remove(path);
}

TEST_CASE("a file that cannot be read is an error with its name and the reason", "[config]") {
    auto const absent = read_source("/absent/file.yaml");

    REQUIRE(absent.has_error());
    CHECK(
        to_text(absent.error()) ==
        "/absent/file.yaml:1:1: expected a readable file, got: No such file or directory\n"
    );
}

}  // namespace millrace::config
