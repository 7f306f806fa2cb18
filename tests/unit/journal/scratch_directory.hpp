#pragma once

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace millrace::journal {

/// A directory that is gone after the test.
struct scratch_directory {
    std::string path;

    /// @param place  where it is made
    explicit scratch_directory(const std::string& place = "/tmp")
        : path{place + "/millrace-journal-XXXXXX"} {
        REQUIRE(::mkdtemp(path.data()) != nullptr);
    }

    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;

    ~scratch_directory() { std::filesystem::remove_all(path); }

    [[nodiscard]] std::string file(const std::string& name) const { return path + "/" + name; }
};

/// Where syncing costs nothing: for tests of what a killed process leaves, which the kernel keeps.
inline std::string memory_place() {
    return std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : "/tmp";
}

/// Empty when there is no such file.
inline std::string content_of(const std::string& path) {
    std::ifstream file{path, std::ios::binary | std::ios::ate};
    std::string content(file ? static_cast<std::size_t>(file.tellg()) : 0, '\0');
    file.seekg(0).read(content.data(), static_cast<std::streamsize>(content.size()));
    return content;
}

inline void write_content(const std::string& path, const std::string& content) {
    std::ofstream{path, std::ios::binary} << content;
}

}  // namespace millrace::journal
