#pragma once
// Finished files take the places of old ones: each by one rename, several as far as a file system allows as one.
#include "cli/output_file.h"

#include <optional>
#include <string>
#include <vector>

namespace photopsy {

enum class SetAside { No, Yes };

class Replacement {
public:
    /// With SetAside::Yes the old files are kept under names of their own until all new ones stand in place.
    Replacement(Overwrite overwrite, SetAside set_aside) : overwrite_(overwrite), set_aside_(set_aside) {}
    /// What was not carried out leaves nothing behind.
    ~Replacement();
    Replacement(const Replacement&) = delete;
    Replacement& operator=(const Replacement&) = delete;

    /// The finished file `temporary` shall be named `path`, in the same directory.
    void add(std::string temporary, std::string path);

    struct Failure {
        std::string path;
        int reason = 0;  ///< errno; EEXIST where the name came to be taken and must stay
    };
    /// Does it, or fails and puts everything back as it was.
    std::optional<Failure> carry_out();

private:
    struct File {
        std::string temporary, path, before;  ///< `before`: the old file's name meanwhile; "" where there is none
        bool in_place = false;
    };
    int set_aside(File&, bool keeps_its_name);
    int put_in_place(File&);
    void put_back();
    void finish();

    Overwrite overwrite_;
    SetAside set_aside_;
    std::vector<File> files_;
};

/// True where both names lead to one place: the same name in the same directory, or names of one existing file.
bool same_place(const std::string& a, const std::string& b);

}  // namespace photopsy
