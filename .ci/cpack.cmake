# Read by cpack before it begins: what the Debian package's dependencies are found with, in words that cpack has not.
if(CPACK_GENERATOR STREQUAL "DEB")
    find_program(file_tool file)
    find_program(shlibdeps_tool dpkg-shlibdeps)
    if(NOT file_tool OR NOT shlibdeps_tool)
        message(FATAL_ERROR "A Debian package is made with two tools more: apt-get install file dpkg-dev")
    endif()
endif()
