import{a,b,c,d,e,f,g,h}from"./chunk-J3LD7LQW.js";import"./chunk-H6562RXX.js";export{g as add,b as all,a as get,c as put,e as putAll,d as remove,f as update,h as wipe};
