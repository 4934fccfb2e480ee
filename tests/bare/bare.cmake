# hb_bare_program(NAME OUTPUT SOURCES...): a bare-metal program for the guest, of these sources and of tests/bare. Its
# target is NAME; whoever wants it built by default adds it to a target that is.
find_program(HB_BARE_CC riscv64-unknown-elf-gcc REQUIRED)
set(HB_BARE_DIR ${CMAKE_CURRENT_LIST_DIR})

# Objects and debug information name files as they stand in the tree, whatever folders it and its build are in.
set(HB_BARE_FLAGS
    -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany -O2 -g -std=gnu11 -ffreestanding -fno-builtin
    -fno-tree-loop-distribute-patterns -Wall -Wextra -Werror -fdebug-prefix-map=${CMAKE_SOURCE_DIR}=.
    -fdebug-prefix-map=${CMAKE_BINARY_DIR}=build -I${HB_BARE_DIR} -I${CMAKE_SOURCE_DIR})

function(hb_bare_program name output)
    get_filename_component(folder ${output} DIRECTORY)
    file(MAKE_DIRECTORY ${folder})
    set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name})
    file(MAKE_DIRECTORY ${folder})
    set(objects)
    foreach(source ${HB_BARE_DIR}/start.S ${HB_BARE_DIR}/bare.c ${ARGN})
        get_filename_component(object ${source} NAME)
        set(object ${folder}/${object}.o)
        add_custom_command(
            OUTPUT ${object}
            COMMAND ${HB_BARE_CC} ${HB_BARE_FLAGS} -c ${source} -o ${object}
            DEPENDS ${source} ${HB_BARE_DIR}/bare.h
            COMMENT "Bare-metal program ${name}: ${object}"
            VERBATIM)
        list(APPEND objects ${object})
    endforeach()
    add_custom_command(
        OUTPUT ${output}
        COMMAND ${HB_BARE_CC} ${HB_BARE_FLAGS} -nostdlib -static -Wl,--build-id=none -Wl,--no-relax
                -Wl,--no-warn-rwx-segments -T ${HB_BARE_DIR}/link.ld ${objects} -o ${output}
        DEPENDS ${objects} ${HB_BARE_DIR}/link.ld
        COMMENT "Bare-metal program ${name}"
        VERBATIM)
    add_custom_target(${name} DEPENDS ${output})
endfunction()
