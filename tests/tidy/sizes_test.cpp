#include "tests/tidy/source_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <iostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace millrace::tidy;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

struct size_rule {
    std::string_view folder;
    std::size_t lines_max;
    std::size_t most_lines_max;  ///< of the shortest nine tenths
};

constexpr std::size_t readme_lines_max = 40;

}  // namespace

TEST_CASE("files stay short enough to be read", "[tidy]") {
    for (const auto& [folder, lines_max, most_lines_max] :
         {size_rule{"proxy/", 600, 400},
          size_rule{"tests/", 900, 600},
          size_rule{"bench/", 600, 400}}) {
        std::vector<std::size_t> sizes;
        for (const source_file* file : cpp_files(folder)) {
            CAPTURE(file->path);
            CHECK(file->lines() <= lines_max);
            sizes.push_back(file->lines());
        }
        REQUIRE_FALSE(sizes.empty());
        std::sort(sizes.begin(), sizes.end());
        const std::size_t most = sizes[sizes.size() * 9 / 10];
        std::cout << folder << " " << sizes.size() << " files, lines: median "
                  << sizes[sizes.size() / 2] << ", nine tenths up to " << most << ", longest "
                  << sizes.back() << "\n";
        CAPTURE(folder);
        CHECK(most <= most_lines_max);
    }
}

TEST_CASE("every folder of proxy/ is introduced by a short README", "[tidy]") {
    std::set<std::string> folders;
    for (const source_file* file : cpp_files("proxy/")) {
        folders.insert(file->path.substr(0, file->path.rfind('/') + 1));
    }
    for (const std::string& folder : folders) {
        CAPTURE(folder);
        CHECK((folder == "proxy/" || exists(folder + "README.md")));
    }
    for (const source_file& file : all_files()) {
        if (file.below("proxy/") && file.name() == "README.md") {
            CAPTURE(file.path);
            CHECK(file.lines() <= readme_lines_max);
        }
    }
}
