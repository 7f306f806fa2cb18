#include "proxy/config/reader.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace millrace::config {

void reader::fail(const node& at, std::string message, std::string suggestion) {
    add(at.at, path_.text(), std::move(message), std::move(suggestion));
}

void reader::fail_key(const member& at, std::string message, std::string suggestion) {
    scope const inside{*this, at.key};
    add(at.at, path_.text(), std::move(message), std::move(suggestion));
}

void reader::fail_at(
    const node& root, const key_path& path, std::string message, std::string suggestion
) {
    add(path.locate(root), path.text(), std::move(message), std::move(suggestion));
}

config_errors reader::take() {
    std::stable_sort(
        errors_.begin(),
        errors_.end(),
        [](const config_error& a, const config_error& b) {
            return std::tie(a.line, a.column) < std::tie(b.line, b.column);
        }
    );
    return std::exchange(errors_, {});
}

void reader::add(position at, std::string path, std::string message, std::string suggestion) {
    if (full()) {
        return;
    }
    errors_.push_back(
        {file_, at.line, at.column, std::move(path), std::move(message), std::move(suggestion)}
    );
}

}  // namespace millrace::config
