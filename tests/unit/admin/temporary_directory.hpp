#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

/// A fresh directory (0700) that goes with its owner.
class temporary_directory {
 public:
    temporary_directory() {
        std::string pattern = "/tmp/millrace-test-XXXXXX";
        path_ = ::mkdtemp(pattern.data());
    }

    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;

    ~temporary_directory() { std::filesystem::remove_all(path_); }

    [[nodiscard]] std::string operator/(const std::string& name) const {
        return path_ + "/" + name;
    }

 private:
    std::string path_;
};
