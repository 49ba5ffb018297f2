# shellcheck shell=bash
# bash completion for quote
_quote() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    local commands='inspect list repair render batch estimate materials book version help'
    local options='--help --json --quiet --no-color --progress --entry --plate --object --lenient --unit --scale
        --material --color --finish --quantity --infill --layer --priority --country --currency --discount --book --html
        --fill --topology --threads --isa --limit -o --view --size --ground --no-scale --defects --walls --overhangs
        --profile --process --set'
    local limits='input_bytes= memory_bytes= triangles= vertices= inflated_bytes= inflate_ratio= archive_entries=
        xml_depth= component_depth= instances= work_units='
    case $prev in
    --unit) mapfile -t COMPREPLY < <(compgen -W 'mm cm m inch micron' -- "$cur"); return ;;
    --fill) mapfile -t COMPREPLY < <(compgen -W 'positive nonzero even-odd' -- "$cur"); return ;;
    --topology) mapfile -t COMPREPLY < <(compgen -W 'full certificate' -- "$cur"); return ;;
    --isa) mapfile -t COMPREPLY < <(compgen -W 'scalar avx2 avx512 neon' -- "$cur"); return ;;
    --view) mapfile -t COMPREPLY < <(compgen -W 'three-quarter front back left right top bottom' -- "$cur"); return ;;
    --ground) mapfile -t COMPREPLY < <(compgen -W 'transparent white' -- "$cur"); return ;;
    --plate) mapfile -t COMPREPLY < <(compgen -W 'all' -- "$cur"); return ;;
    --limit) compopt -o nospace; mapfile -t COMPREPLY < <(compgen -W "$limits" -- "$cur"); return ;;
    --book | --profile | -o) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
    --entry | --object | --scale | --material | --color | --finish | --quantity | --infill | --layer | --country | \
        --currency | --discount | --threads | --size | --process | --set) return ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
        return
    fi
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    if ((COMP_CWORD == 1)); then
        local words
        mapfile -t words < <(compgen -W "$commands" -- "$cur")
        COMPREPLY+=("${words[@]}")
    fi
}
complete -o filenames -F _quote quote
