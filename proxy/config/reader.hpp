#pragma once

#include "proxy/config/config_error.hpp"
#include "proxy/config/document.hpp"
#include "proxy/config/key_path.hpp"

#include <string>

namespace millrace::config {

/// Where a walk over a document is, and everything that it found wrong. One per load, one thread.
///
///   reader::scope inside{in, "weight"};
///   in.fail(value, "expected an integer, got 'x'");
class reader {
 public:
    /// After this many errors the rest is not told.
    static constexpr std::size_t errors_max = 100;
    /// Regular expressions of one file: each costs memory and time to compile.
    static constexpr int regexes_max = 1'000;

    explicit reader(std::string file) : file_{std::move(file)} {}

    /// Extends the key path for its own lifetime.
    class scope {
     public:
        scope(reader& in, key_path::step next) : in_{in} { in_.path_.push(std::move(next)); }

        ~scope() { in_.path_.pop(); }

        scope(const scope&) = delete;
        scope& operator=(const scope&) = delete;

     private:
        reader& in_;
    };

    /// An error at the value that is being read.
    void fail(const node& at, std::string message, std::string suggestion = {});

    /// An error at a key of the mapping that is being read.
    void fail_key(const member& at, std::string message, std::string suggestion = {});

    /// An error anywhere, for checks that compare distant values.
    void fail_at(
        const node& root, const key_path& path, std::string message, std::string suggestion = {}
    );

    /// True when no more errors are taken.
    [[nodiscard]] bool full() const noexcept { return errors_.size() >= errors_max; }

    [[nodiscard]] std::size_t error_count() const noexcept { return errors_.size(); }

    /// Counts one more regular expression; false when there are too many.
    [[nodiscard]] bool admit_regex() noexcept { return ++regexes_ <= regexes_max; }

    /// All errors in the file's order; the reader is empty then.
    [[nodiscard]] config_errors take();

 private:
    void add(position at, std::string path, std::string message, std::string suggestion);

    std::string file_;
    key_path path_;
    config_errors errors_;
    int regexes_ = 0;
};

}  // namespace millrace::config
